import type { Field, FieldValue } from '../../../lib/core/index.ts'
import { parseJson } from '../../../lib/core/json.ts'
import { Refusal } from '../../../lib/core/reject.ts'

/** What a field makes of one JSON text: its value, or `<reason>: <message>`. */
export function decodeText(field: Field, json: string): FieldValue {
  const decoded = field.decode(parseJson(json))
  return decoded instanceof Refusal ? `${decoded.reason}: ${decoded.message}` : decoded
}
