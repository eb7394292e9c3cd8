import { jsonTypeOf } from '../json.ts'
import { Refusal } from '../reject.ts'
import type { Field } from './field.ts'

/** One of the given strings. */
export function oneOf<const Choice extends string>(
  ...choices: readonly [Choice, ...Choice[]]
): Field<Choice, 'key' | 'text', false> {
  const known = new Set<string>(choices)
  return {
    kind: 'oneOf',
    uses: { key: true, text: true },
    optional: false,
    scale: 0,
    parameters: {},
    minBytes: 0,
    // In one order, since two definitions that list the same choices take the same events.
    limits: JSON.stringify([...known].sort()),
    maxBytes: Math.max(...choices.map((choice) => new TextEncoder().encode(choice).length)),
    spelling: { kind: 'text', takesAny: false },
    decode(value) {
      if (typeof value !== 'string') {
        return new Refusal('wrong-type', `is ${jsonTypeOf(value)}, not a string`)
      }
      if (!known.has(value)) return new Refusal('not-one-of', `is none of ${choices.join(', ')}`)
      return value as Choice
    },
  }
}
