import type {
  AggregationDescription,
  DefinitionDescription,
  FieldDescription,
  MeasureDescription,
} from './describe-definition.ts'
import { readFormerFingerprint } from './former-fingerprint.ts'
import { parseFingerprint } from './same-definition.ts'

/**
 * What differs between the definition that rows were made with and another, for people; one text a
 * difference, none where a fingerprint is of a version that wrote others.
 */
export function definitionDifferences(stored: string, current: string): string[] {
  const before = read(stored)
  const now = read(current)
  if (before === undefined || now === undefined) return []
  const names = new Set([...before.aggregations, ...now.aggregations].map(({ name }) => name))
  return [
    ...changed('version', before.version, now.version),
    ...fieldDifferences('id', before.id, now.id),
    ...fieldDifferences('time', before.time, now.time),
    ...[...names].flatMap((name) => {
      const isNamed = (other: AggregationDescription) => other.name === name
      const [was, is] = [before.aggregations.find(isNamed), now.aggregations.find(isNamed)]
      return aggregationDifferences(name, was, is)
    }),
  ]
}

/** What a field is like is told only where its name does not tell. */
function fieldDifferences(what: string, before: FieldDescription, now: FieldDescription) {
  if (before.name !== now.name) return changed(what, before.name, now.name)
  return changed(what, toldField(before), toldField(now))
}

function aggregationDifferences(
  name: string,
  before: AggregationDescription | undefined,
  now: AggregationDescription | undefined,
): string[] {
  if (before === undefined) return [`the aggregation ${name} is new`]
  if (now === undefined) return [`the aggregation ${name} is gone`]
  const differences = [
    ...changed('rankBy', before.rankBy, now.rankBy),
    ...changed('key', toldFields(before.key), toldFields(now.key)),
    ...measureDifferences(before.measures, now.measures),
  ]
  return differences.map((difference) => `${name}: ${difference}`)
}

function measureDifferences(
  before: readonly MeasureDescription[],
  now: readonly MeasureDescription[],
): string[] {
  const [old, current] = [before, now].map((measures) => {
    return new Map(measures.map((measure) => [measure.name, toldMeasure(measure)]))
  }) as [Map<string, string>, Map<string, string>]
  const names = [...new Set([...old.keys(), ...current.keys()])]
  const differences = names.flatMap((name) => {
    const [of, to] = [old.get(name), current.get(name)]
    if (of === undefined) return [`the measure ${name} is new`]
    if (to === undefined) return [`the measure ${name} is gone`]
    return changed(name, of, to)
  })
  const isMoved = differences.length === 0 && before.some(({ name }, at) => name !== now[at]?.name)
  return isMoved ? ['its measures are in another order'] : differences
}

function changed(
  what: string,
  before: string | number | null,
  now: string | number | null,
): string[] {
  return before === now ? [] : [`${what} was ${before ?? 'none'} and is ${now ?? 'none'}`]
}

/** `sum(quantity integer, price decimal(2))` */
function toldMeasure({ kind, fields, parameters }: MeasureDescription): string {
  return `${kind}(${[...fields.map(toldField), ...toldParameters(parameters)].join(', ')})`
}

const toldFields = (fields: readonly FieldDescription[]) => fields.map(toldField).join(', ')

/** `price decimal(2)`, `product string`, `currency string(lowerCase true)` */
function toldField({ name, kind, parameters }: FieldDescription): string {
  const told = toldParameters(parameters)
  return told.length === 0 ? `${name} ${kind}` : `${name} ${kind}(${told.join(', ')})`
}

function toldParameters(parameters: FieldDescription['parameters']): string[] {
  // Of a decimal, the scale is what its number is known to mean.
  return Object.entries(parameters).map(([name, value]) =>
    name === 'scale' ? `${value}` : `${name} ${value}`,
  )
}

function read(text: string): DefinitionDescription | undefined {
  const print = parseFingerprint(text)
  return isDescription(print) ? print : readFormerFingerprint(print)
}

function isDescription(print: unknown): print is DefinitionDescription {
  if (!isRecord(print)) return false
  const { version, id, time, aggregations } = print
  return (
    typeof version === 'number' &&
    isField(id) &&
    isField(time) &&
    Array.isArray(aggregations) &&
    aggregations.every((row: unknown) => {
      return isRecord(row) && isNamed(row) && areFields(row.key) && areMeasures(row.measures)
    })
  )
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isNamed = ({ name }: Readonly<Record<string, unknown>>) => typeof name === 'string'

const isField = (value: unknown) =>
  isRecord(value) && isNamed(value) && typeof value.kind === 'string' && isRecord(value.parameters)

const areFields = (values: unknown) => Array.isArray(values) && values.every(isField)

const areMeasures = (values: unknown) =>
  Array.isArray(values) &&
  values.every((value: unknown) => isField(value) && isRecord(value) && areFields(value.fields))
