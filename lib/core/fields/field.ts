import type { JsonValue } from '../json.ts'
import type { Refusal } from '../reject.ts'

/** What a field holds once decoded: decimals as units of their scale, timestamps as epoch ms. */
export type FieldValue = string | number | undefined

export type FieldKind = 'string' | 'integer' | 'decimal' | 'timestamp' | 'oneOf'

/**
 * One field of an event: reads a JSON value, or says why not.
 * `maxBytes` bounds the UTF-8 length of the value as text; keys are checked against it.
 */
export interface Field<
  Value extends FieldValue = FieldValue,
  Kind extends FieldKind = FieldKind,
  Optional extends boolean = boolean,
> {
  readonly kind: Kind
  readonly optional: Optional
  /** Decimals behind the point of numeric fields; 0 for the others. */
  readonly scale: number
  readonly maxBytes: number
  readonly minBytes: number
  /** All else that decides which values are taken, as readable text. */
  readonly limits: string
  decode(value: JsonValue): Value | Refusal
}

export type FieldsOf = Readonly<Record<string, Field>>

/** The type of an event, inferred from its fields. */
export type EventOf<Fields extends FieldsOf> = {
  readonly [Name in keyof Fields]: Fields[Name] extends Field<infer Value> ? Value : never
}

/** The names of the fields that are of one of these kinds, optional or not as asked. */
export type FieldNames<
  Fields extends FieldsOf,
  Kind extends FieldKind,
  Optional extends boolean = boolean,
> = {
  [Name in keyof Fields & string]: Fields[Name] extends Field<FieldValue, Kind, Optional>
    ? Name
    : never
}[keyof Fields & string]
