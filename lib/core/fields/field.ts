import type { JsonValue } from '../json.ts'
import type { Refusal } from '../reject.ts'

/** What a field holds once decoded: decimals as units of their scale, timestamps as epoch ms. */
export type FieldValue = string | number | boolean | undefined

/**
 * What a field may be used for: as part of a key, as a number to add up or compare, as a text that a
 * measure reads, as the id of an event, or as its time.
 */
export type FieldUse = 'key' | 'number' | 'text' | 'id' | 'time'

/** Uses as data, and in such a form that a field of more uses passes for one of fewer. */
export type FieldUses<Use extends FieldUse> = { readonly [Each in Use]: true }

/** What a kind or a measure is told to be like, besides its name. */
export type Parameters = Readonly<Record<string, string | number | boolean>>

/**
 * What values a field takes in the usual spelling, for an engine that reads that by itself: any text
 * within the field's bytes, or only some; a decimal within bounds (units, inclusive); a time.
 */
export type Spelling =
  | { readonly kind: 'text'; readonly takesAny: boolean }
  | { readonly kind: 'number'; readonly min: number; readonly max: number }
  | { readonly kind: 'rfc3339' | 'epochSeconds' | 'epochMilliseconds' }

/**
 * One field of an event: reads a JSON value, or says why not. It describes itself, and nothing else
 * has to know of its kind.
 * `maxBytes` bounds the UTF-8 length of the value as text; keys are checked against it.
 */
export interface Field<
  Value extends FieldValue = FieldValue,
  Use extends FieldUse = never,
  Optional extends boolean = boolean,
> {
  /** The name of the constructor, such as `decimal`. */
  readonly kind: string
  readonly uses: FieldUses<Use>
  readonly optional: Optional
  /** Decimals behind the point of numeric fields; 0 for the others. */
  readonly scale: number
  /** Whatever changes the value that a text is decoded to, and so the states that are stored. */
  readonly parameters: Parameters
  readonly maxBytes: number
  readonly minBytes: number
  /** All else that decides which values are taken, as readable text. */
  readonly limits: string
  /** Absent where only `decode` can tell. */
  readonly spelling?: Spelling
  decode(value: JsonValue): Value | Refusal
}

export type FieldsOf = Readonly<Record<string, Field>>

/** The type of an event, inferred from its fields. */
export type EventOf<Fields extends FieldsOf> = {
  readonly [Name in keyof Fields]: Fields[Name] extends Field<infer Value> ? Value : never
}

/** The names of the fields that may be used so, optional or not as asked. */
export type FieldNames<
  Fields extends FieldsOf,
  Use extends FieldUse,
  Optional extends boolean = boolean,
> = {
  [Name in keyof Fields & string]: Fields[Name] extends Field<FieldValue, Use, Optional>
    ? Name
    : never
}[keyof Fields & string]

export function mayBe(field: Field, use: FieldUse): boolean {
  return Object.hasOwn(field.uses, use)
}
