import { multiplyUnits, type Units } from '../decimal.ts'
import type { FieldsOf } from '../fields/index.ts'
import type { EventValues, Measure, MeasureSpec, Reads } from './measure.ts'

/** A product of fields, as in `sum(times('quantity', 'unitPrice'))`. */
export class Product<FieldName extends string> {
  readonly fields: readonly FieldName[]

  constructor(fields: readonly FieldName[]) {
    this.fields = fields
  }
}

/** The exact product of two or more numeric fields of one event. */
export function times<FieldName extends string>(
  ...fields: readonly [FieldName, FieldName, ...FieldName[]]
): Product<FieldName> {
  return new Product(fields)
}

export type NumberSource<FieldName extends string> = FieldName | Product<FieldName>

/** The declaration of a measure that reads numeric fields. */
export type NumberSpec<FieldName extends string> = MeasureSpec<Reads<FieldName, 'number'>>

/** Reads one number from an event, in units of `scale`; undefined where a field is missing. */
export interface NumberReader {
  readonly scale: number
  /** The fields whose product it is. */
  readonly factors: readonly string[]
  read(event: EventValues): Units | undefined
}

/** A measure of a numeric field, or of a product of fields. */
export function measureOf<FieldName extends string, State>(
  kind: string,
  source: NumberSource<FieldName>,
  make: (numbers: NumberReader) => Measure<State>,
): NumberSpec<FieldName> {
  const names = source instanceof Product ? source.fields : [source]
  return {
    kind,
    reads: names.map((field) => ({ field, as: 'number' })),
    bind: ({ fields }) => make(numberReader(names, fields)),
  }
}

function numberReader(names: readonly string[], fields: FieldsOf): NumberReader {
  const scale = names.reduce((total, name) => total + (fields[name]?.scale ?? 0), 0)
  const [first = '', ...rest] = names
  return {
    scale,
    factors: names,
    read(event) {
      let product = event[first] as number | undefined as Units | undefined
      for (const name of rest) {
        const factor = event[name] as number | undefined
        if (product === undefined || factor === undefined) return undefined
        product = multiplyUnits(product, factor)
      }
      return product
    },
  }
}
