import type { Field, FieldUse, FieldValue } from './field.ts'

/** A field that may be absent or null, and is then undefined. */
export function optional<Value extends FieldValue, Use extends FieldUse>(
  field: Field<Value, Use, false>,
): Field<Value | undefined, Use, true> {
  return { ...field, optional: true, decode: (value) => field.decode(value) }
}
