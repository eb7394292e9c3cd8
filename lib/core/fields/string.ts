import { jsonTypeOf } from '../json.ts'
import { Refusal } from '../reject.ts'
import type { Field } from './field.ts'

export interface StringOptions {
  /** The least and most UTF-8 bytes; 0 and 256 unless told. */
  readonly minBytes?: number
  readonly maxBytes?: number
  readonly pattern?: RegExp
}

const encoder = new TextEncoder()

/** Text of any Unicode, control characters included; a lone surrogate is refused. */
export function string(options: StringOptions = {}): Field<string, 'key' | 'text' | 'id', false> {
  const { minBytes = 0, maxBytes = 256, pattern } = options
  if (pattern?.global || pattern?.sticky) {
    throw new TypeError(`A field's pattern must not carry the flags g or y: ${pattern}`)
  }
  return {
    kind: 'string',
    uses: { key: true, text: true, id: true },
    optional: false,
    scale: 0,
    parameters: {},
    minBytes,
    maxBytes,
    limits: pattern === undefined ? 'any text' : String(pattern),
    spelling: { kind: 'text', takesAny: pattern === undefined },
    decode(value) {
      if (typeof value !== 'string') {
        return new Refusal('wrong-type', `is ${jsonTypeOf(value)}, not a string`)
      }
      if (!value.isWellFormed()) {
        return new Refusal('not-unicode', 'holds half of a surrogate pair')
      }
      const bytes = encoder.encode(value).length
      if (bytes > maxBytes) return new Refusal('too-long', `is ${bytes} bytes, over ${maxBytes}`)
      if (bytes < minBytes) return new Refusal('too-short', `is ${bytes} bytes, under ${minBytes}`)
      if (pattern !== undefined && !pattern.test(value)) {
        return new Refusal('pattern', `does not match ${pattern}`)
      }
      return value
    },
  }
}
