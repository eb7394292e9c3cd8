import type {
  AggregationDescription,
  FieldDescription,
  MeasureDescription,
  PipelineDescription,
} from './describe-pipeline.ts'

/**
 * Until there were parameters, a definition was stored as nested lists that end in texts, such as
 * `price: decimal 2` for a field and `revenue = sum(price: decimal 2)` for a measure.
 */

/**
 * A description in the form in which it was stored formerly: whether a stored one is of the same
 * definition is told by its text, which is exact. Undefined for what that form could not say.
 */
export function formerFingerprint(description: PipelineDescription): string | undefined {
  const { version, id, time, aggregations } = description
  const isFormer =
    hasNone(id) &&
    hasNone(time) &&
    aggregations.every(({ key, measures }) => {
      const fields = [...key, ...measures.flatMap((measure) => measure.fields)]
      return measures.every(hasNone) && fields.every((field) => formerScale(field) !== undefined)
    })
  if (!isFormer) return undefined
  const rows = aggregations.map(({ name, key, measures, rankBy }) => [
    name,
    rankBy,
    key.map(formerField),
    measures.map(({ name: measure, kind, fields }) => {
      return `${measure} = ${kind}(${fields.map(formerField).join(', ')})`
    }),
  ])
  return JSON.stringify([version, id.name, time.name, ...rows])
}

const hasNone = ({ parameters }: Pick<FieldDescription, 'parameters'>) =>
  Object.keys(parameters).length === 0

const formerField = (field: FieldDescription) =>
  `${field.name}: ${field.kind} ${formerScale(field)}`

/** Undefined where it has parameters besides. */
function formerScale({ kind, parameters }: FieldDescription): number | undefined {
  const { scale = 0, ...others } = parameters
  if (Object.keys(others).length > 0 || typeof scale !== 'number') return undefined
  return kind === 'decimal' || scale === 0 ? scale : undefined
}

/**
 * What a former fingerprint says, to tell people what has changed since; undefined where it is none.
 * A field whose name looks like the punctuation between fields is told wrong.
 */
export function readFormerFingerprint(print: unknown): PipelineDescription | undefined {
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
