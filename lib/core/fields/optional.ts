import type { Field, FieldKind, FieldValue } from './field.ts'

/** A field that may be absent or null, and is then undefined. */
export function optional<Value extends FieldValue, Kind extends FieldKind>(
  field: Field<Value, Kind, false>,
): Field<Value | undefined, Kind, true> {
  return { ...field, optional: true, decode: (value) => field.decode(value) }
}
