import type {
  AggregationDescription,
  DefinitionDescription,
  FieldDescription,
  MeasureDescription,
} from './describe-definition.ts'

/**
 * Until there were parameters, a definition was stored as nested lists that end in texts, such as
 * `price: decimal 2` for a field and `revenue = sum(price: decimal 2)` for a measure.
 */

/**
 * A description in the form in which it was stored formerly: whether a stored one is of the same
 * definition is told by its text, which is exact. What that form could not say is null in it, where
 * no former one had a null.
 */
export function formerFingerprint({
  version,
  id,
  time,
  aggregations,
}: DefinitionDescription): string {
  const rows = aggregations.map(({ name, key, measures, rankBy }) => [
    name,
    rankBy,
    key.map((field) => (isPlain(field) ? formerField(field) : null)),
    measures.map((measure) => {
      const { name: measureName, kind, fields } = measure
      if (![measure, ...fields].every(isPlain)) return null
      return `${measureName} = ${kind}(${fields.map(formerField).join(', ')})`
    }),
  ])
  const [idName, timeName] = [id, time].map((field) => (isPlain(field) ? field.name : null))
  return JSON.stringify([version, idName, timeName, ...rows])
}

/** Whether it has no parameter but a scale, as was the case formerly. */
const isPlain = ({ parameters: { scale: _, ...others } }: Pick<FieldDescription, 'parameters'>) =>
  Object.keys(others).length === 0

const formerField = ({ name, kind, parameters: { scale = 0 } }: FieldDescription) =>
  `${name}: ${kind} ${scale}`

/**
 * What a former fingerprint says, to tell people what has changed since; undefined where it is none.
 * A field whose name looks like the punctuation between fields is told wrong.
 */
export function readFormerFingerprint(print: unknown): DefinitionDescription | undefined {
  if (!Array.isArray(print)) return undefined
  const [version, id, time, ...rows] = print as unknown[]
  if (typeof version !== 'number' || typeof id !== 'string' || typeof time !== 'string') {
    return undefined
  }
  const aggregations = rows.map(readAggregation)
  if (!aggregations.every((aggregation) => aggregation !== undefined)) return undefined
  return {
    version,
    id: { name: id, kind: 'string', parameters: {} },
    time: { name: time, kind: 'timestamp', parameters: {} },
    aggregations,
  }
}

function readAggregation(row: unknown): AggregationDescription | undefined {
  if (!Array.isArray(row)) return undefined
  const [name, rankBy, key, measures] = row as unknown[]
  if (typeof name !== 'string' || !(rankBy === null || typeof rankBy === 'string')) return undefined
  if (!areTexts(key) || !areTexts(measures)) return undefined
  return { name, key: key.map(readField), measures: measures.map(readMeasure), rankBy }
}

const areTexts = (texts: unknown): texts is string[] =>
  Array.isArray(texts) && texts.every((text) => typeof text === 'string')

/** `price: decimal 2` */
function readField(text: string): FieldDescription {
  const nameEnd = text.lastIndexOf(': ')
  const [kind = '', scale] = text.slice(nameEnd + 2).split(' ')
  const parameters = kind === 'decimal' ? { scale: Number(scale) } : {}
  return { name: text.slice(0, nameEnd), kind, parameters }
}

/** `revenue = sum(quantity: integer 0, price: decimal 2)` */
function readMeasure(text: string): MeasureDescription {
  const nameEnd = text.indexOf(' = ')
  const kindEnd = text.indexOf('(', nameEnd)
  const fields = text.slice(kindEnd + 1, -1)
  return {
    name: text.slice(0, nameEnd),
    kind: text.slice(nameEnd + 3, kindEnd),
    fields: fields === '' ? [] : fields.split(', ').map(readField),
    parameters: {},
  }
}
