/** A fingerprint as `definePipeline` makes it, read again. */
type Fingerprint = readonly [version: unknown, id: unknown, time: unknown, ...AggregationPrint[]]

type AggregationPrint = readonly [
  name: string,
  rankBy: string | null,
  key: readonly string[],
  measures: readonly string[],
]

/**
 * What differs between the definition that rows were made with and another, for people; one text a
 * difference, none where a fingerprint is of a version that wrote others.
 */
export function definitionDifferences(stored: string, current: string): string[] {
  const before = read(stored)
  const now = read(current)
  if (before === undefined || now === undefined) return []
  const [versionBefore, idBefore, timeBefore, ...rowsBefore] = before
  const [version, id, time, ...rows] = now
  const names = new Set([...rowsBefore, ...rows].map(([name]) => name))
  return [
    ...changed('version', versionBefore, version),
    ...changed('id', idBefore, id),
    ...changed('time', timeBefore, time),
    ...[...names].flatMap((name) => {
      const isNamed = ([other]: AggregationPrint) => other === name
      return aggregationDifferences(name, rowsBefore.find(isNamed), rows.find(isNamed))
    }),
  ]
}

function aggregationDifferences(
  name: string,
  before: AggregationPrint | undefined,
  now: AggregationPrint | undefined,
): string[] {
  if (before === undefined) return [`the aggregation ${name} is new`]
  if (now === undefined) return [`the aggregation ${name} is gone`]
  const [, rankByBefore, keyBefore, measuresBefore] = before
  const [, rankBy, key, measures] = now
  const differences = [
    ...changed('rankBy', rankByBefore, rankBy),
    ...changed('key', keyBefore.map(told).join(', '), key.map(told).join(', ')),
    ...measureDifferences(measuresBefore, measures),
  ]
  return differences.map((difference) => `${name}: ${difference}`)
}

function measureDifferences(before: readonly string[], now: readonly string[]): string[] {
  const [old, current] = [before, now].map((measures) => {
    return new Map(measures.map((text) => text.split(' = ', 2) as [string, string]))
  }) as [Map<string, string>, Map<string, string>]
  const differences = [...new Set([...old.keys(), ...current.keys()])].flatMap((name) => {
    const [of, to] = [old.get(name), current.get(name)]
    if (of === undefined) return [`the measure ${name} is new`]
    if (to === undefined) return [`the measure ${name} is gone`]
    return changed(name, told(of), told(to))
  })
  const isMoved = differences.length === 0 && before.join() !== now.join()
  return isMoved ? ['its measures are in another order'] : differences
}

function changed(what: string, before: unknown, now: unknown): string[] {
  return before === now ? [] : [`${what} was ${before ?? 'none'} and is ${now ?? 'none'}`]
}

/** A field's scale is for decimals; the others have none to tell. */
function told(fields: string): string {
  return fields.replaceAll(/: decimal (\d+)/g, ' decimal($1)').replaceAll(/: (\w+) \w+/g, ' $1')
}

function read(text: string): Fingerprint | undefined {
  try {
    const print: unknown = JSON.parse(text)
    return isFingerprint(print) ? print : undefined
  } catch {
    return undefined
  }
}

function isFingerprint(print: unknown): print is Fingerprint {
  if (!Array.isArray(print)) return false
  const isTexts = (texts: unknown) =>
    Array.isArray(texts) && texts.every((text) => typeof text === 'string')
  return print.slice(3).every((row) => {
    return Array.isArray(row) && typeof row[0] === 'string' && isTexts(row[2]) && isTexts(row[3])
  })
}
