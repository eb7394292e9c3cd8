import { describe, expect, it } from 'vitest'
import { Lines } from '../../lib/core/index.ts'
import { definitionOf } from './definition-plan.ts'
import { batchDecoders, historyFolds } from './implementations.ts'
import { decimals, planOf, rfc3339, text, whole } from './plan-definition.ts'
import { sameBatches } from './same-batches.ts'
import { sameHistories } from './same-histories.ts'

const product = ['a', 'b', 'c']
const definition = definitionOf(
  planOf({ id: text(1, 9), at: rfc3339, a: whole(), b: whole(), 'c?': decimals(0) }, [
    {
      key: ['id'],
      measures: (['sum', 'mean', 'min', 'max'] as const).map((kind) => ({ kind, fields: product })),
    },
    { key: ['id'], measures: [{ kind: 'sum', fields: ['a'] }] },
  ]),
)

/** The greatest power of two in it, 2^52 at most. */
function twosOf(value: bigint): bigint {
  let twos = 1n
  while (twos < 2n ** 52n && value % (2n * twos) === 0n) twos *= 2n
  return twos
}

/** One event whose product is this: two factors of twos, and the rest. */
function eventOf(value: bigint): string {
  const a = twosOf(value)
  const b = twosOf(value / a)
  return `{"id":"i","at":"2026-11-28T10:58:30Z","a":${a},"b":${b},"c":${value / a / b}}`
}

/** Up to a bound, over it and back, and the same below zero. */
function over(bound: bigint): bigint[] {
  const up = [bound, -1n, 1n, 1n, -1n, -1n, -bound, 1n]
  return [...up, ...up.map((step) => -step), bound, bound, bound, -bound, -bound, -bound, -bound]
}

describe('sums that come to a bound, cross it and come back', () => {
  it.each([52, 53, 62, 63, 64, 65, 104, 126, 127, 128, 129, 155])(
    'are the same to engine and reference at 2^%i',
    (power) => {
      const bound = 2n ** BigInt(power)
      const scaled = [bound, bound - bound / 2n ** 52n].flatMap((one) => over(one))
      for (let count = 1; count <= scaled.length; count++) {
        const all = scaled.slice(0, count).map((value) => Buffer.from(eventOf(value)))
        const lines = Lines.of(all)
        expect(batchDecoders.reference(definition, lines).events).toBe(count)
        sameBatches(batchDecoders, [{ definition, lines, froms: [0, count >> 1, count - 1] }])
      }
      const distinct = scaled.map((value, at) =>
        Buffer.from(eventOf(value).replace('"i"', `"i${at % 3}"`)),
      )
      const chunks = [{ lines: Lines.of(distinct), mayBeMissing: false }]
      sameHistories(historyFolds, [{ definition, chunks }])
    },
  )
})
