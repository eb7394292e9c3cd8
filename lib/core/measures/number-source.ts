import { multiplyUnits, type Units } from '../decimal.ts'
import type { FieldsOf } from '../fields/index.ts'
import type { EventValues } from './measure.ts'

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

export function fieldsOf<FieldName extends string>(
  source: NumberSource<FieldName>,
): readonly FieldName[] {
  return source instanceof Product ? source.fields : [source]
}

/** Reads one number from an event, in units of `scale`; undefined where a field is missing. */
export interface NumberReader {
  readonly scale: number
  read(event: EventValues): Units | undefined
}

export function numberReader(names: readonly string[], fields: FieldsOf): NumberReader {
  const scale = names.reduce((total, name) => total + (fields[name]?.scale ?? 0), 0)
  const [first = '', ...rest] = names
  return {
    scale,
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
