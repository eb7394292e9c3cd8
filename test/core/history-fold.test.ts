import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  beginHistoryFold,
  decodeEvent,
  Fold,
  keyMinute,
  Lines,
  type MinuteTotal,
  minuteStart,
  Reject,
} from '../../lib/core/index.ts'
import { byProduct, salesPipeline } from '../support/sales.ts'
import { lineOf } from '../support/sales-batches.ts'

const hourMs = Date.parse('2026-11-22T10:00:00Z')

const line = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .record({
        id: fc.constantFrom('1', '2', '3', '4', '5'),
        product: fc.constantFrom('a', 'b'),
        minute: fc.nat(2),
        quantity: fc.integer({ min: -3, max: 9 }),
      })
      .map(({ minute, ...sale }) => {
        return lineOf({ at: new Date(hourMs + minute * 60_000).toISOString(), ...sale })
      }),
  },
  fc.constantFrom('no event', '{}'),
)
const chunks = fc.array(
  fc.record({ lines: fc.array(line, { maxLength: 6 }), mayBeMissing: fc.boolean() }),
  { maxLength: 6 },
)

const plain = ({ aggregation, key, minuteMs, state }: MinuteTotal) =>
  JSON.stringify([aggregation.name, key, minuteMs, state.map(String)])

describe('a fold of history', () => {
  it('counts each id once, the first time that it comes, and knows what may be wrong elsewhere', () => {
    fc.assert(
      fc.property(chunks, (all) => {
        const fold = beginHistoryFold(salesPipeline)
        const expected = new Fold(salesPipeline)
        const seen: string[] = []
        const uncertain = new Set<string>()
        let refused = 0
        for (const { lines, mayBeMissing } of all) {
          let events = 0
          for (const text of lines) {
            const event = decodeEvent(salesPipeline, Buffer.from(text))
            if (event instanceof Reject) {
              refused++
              continue
            }
            events++
            const again = seen.includes(event.id)
            if (again || mayBeMissing) {
              uncertain.add(keyMinute(String(event.values.product), minuteStart(event.timeMs)))
            }
            if (!again) expected.add(event)
            seen.push(event.id)
          }
          const bytes = Lines.of(lines.map((text) => Buffer.from(text)))
          expect(fold.add(bytes, mayBeMissing)).toBe(events)
        }
        expect([...fold.totals.totals()].map(plain).sort()).toEqual(
          [...expected.totals()].map(plain).sort(),
        )
        expect(fold.duplicatesDropped).toBe(seen.length - new Set(seen).size)
        expect(fold.refusedLines).toBe(refused)
        const found = [...fold.uncertain(byProduct)].map((one) => keyMinute(one.key, one.minuteMs))
        expect(found.sort()).toEqual([...uncertain].sort())
      }),
    )
  })
})
