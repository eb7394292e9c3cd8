import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type BatchTotal,
  type DecodedEvent,
  decodeBatch,
  decodeEvent,
  Fold,
  hourStart,
  Lines,
  type MinuteTotal,
  Reject,
} from '../../lib/core/index.ts'
import { byProduct, salesPipeline } from '../support/sales.ts'
import { lineOf } from '../support/sales-batches.ts'

const hourMs = Date.parse('2026-11-22T10:00:00Z')

const goodLine = fc
  .record({
    product: fc.constantFrom('a', 'b', 'a|b'),
    seconds: fc.integer({ min: -120, max: 120 }),
    quantity: fc.integer({ min: -3, max: 9 }),
    price: fc.constantFrom('1', '0.25'),
  })
  .map(({ seconds, ...sale }) => {
    return lineOf({ id: 'any', at: new Date(hourMs + seconds * 1000).toISOString(), ...sale })
  })
const badLine = fc.constantFrom('', 'no event', '{}', '{"id":"1","at":"2026-11-22T10:00:00Z"}')
const texts = fc.array(fc.oneof({ weight: 4, arbitrary: goodLine }, badLine), { maxLength: 20 })

const linesOf = (all: readonly string[]) => Lines.of(all.map((text) => Buffer.from(text)))

const plain = ({ aggregation, key, minuteMs, state }: MinuteTotal) =>
  JSON.stringify([aggregation.name, key, minuteMs, state.map(String)])

const withLast = (total: BatchTotal) => `${plain(total)} ${total.lastLine}`

/** The same by the plainest of means: each suffix decoded and folded by itself. */
function suffixOf(all: readonly string[], from: number): string[] {
  const fold = new Fold(salesPipeline)
  const last = new Map<MinuteTotal, number>()
  for (const [line, text] of all.entries()) {
    const event = decodeEvent(salesPipeline, Buffer.from(text))
    if (line < from || event instanceof Reject) continue
    fold.add(event)
    const alone = new Fold(salesPipeline)
    alone.add(event)
    for (const { aggregation, key, minuteMs } of alone.totals()) {
      last.set(fold.get(aggregation, key, minuteMs) as MinuteTotal, line)
    }
  }
  return [...fold.totals()].map((total) => `${plain(total)} ${last.get(total)}`)
}

describe('decodeBatch', () => {
  it('takes and refuses each line as decodeEvent does, and knows the hour of each event', () => {
    fc.assert(
      fc.property(texts, (all) => {
        const { events, rejects, hours } = decodeBatch(salesPipeline, linesOf(all))
        const expected = all.map((text) => decodeEvent(salesPipeline, Buffer.from(text)))
        const isReject = (one: DecodedEvent | Reject) => one instanceof Reject
        expect(events).toBe(expected.filter((one) => !isReject(one)).length)
        expect([...rejects]).toEqual([...expected.entries()].filter(([, one]) => isReject(one)))
        const hourOf = (one: DecodedEvent | Reject) =>
          one instanceof Reject ? Number.NaN : hourStart(one.timeMs)
        expect([...hours]).toEqual(expected.map(hourOf))
      }),
    )
  })

  it('comes, from any line on, to what a fold of just these events comes to', () => {
    fc.assert(
      fc.property(texts, fc.array(fc.nat(21), { minLength: 1, maxLength: 4 }), (all, places) => {
        const decoded = decodeBatch(salesPipeline, linesOf(all))
        // In any order and again, since rows ask as they come.
        for (const from of [...places, 0, ...places]) {
          const expected = suffixOf(all, from)
          const totals = [...decoded.fold(from).totals()]
          expect(totals.map(withLast).sort()).toEqual(expected.sort())
          for (const total of totals) {
            const { aggregation, key, minuteMs } = total
            expect(decoded.fold(from).get(aggregation, key, minuteMs)).toEqual(total)
          }
        }
      }),
    )
  })

  it('has no total where a key has no event from there on', () => {
    const line = lineOf({ id: '1', at: '2026-11-22T10:00:00Z', product: 'a' })
    const decoded = decodeBatch(salesPipeline, linesOf([line, line, 'no event']))
    expect(decoded.fold(1).get(byProduct, 'a', hourMs)?.lastLine).toBe(1)
    expect(decoded.fold(2).get(byProduct, 'a', hourMs)).toBeUndefined()
    expect(decoded.fold(0).get(byProduct, 'b', hourMs)).toBeUndefined()
    expect([...decoded.fold(2).totals()]).toEqual([])
  })

  it('checks each line against its own arrival', () => {
    const line = lineOf({ id: '1', at: '2026-11-22T12:00:00Z', product: 'a' })
    const arrived = [0, 1, 2].map((hours) => hourMs + hours * 3_600_000)
    const { rejects, hours } = decodeBatch(salesPipeline, linesOf([line, line, line]), arrived)
    expect([...rejects].map(([at, { reason }]) => [at, reason])).toEqual([[0, 'too-far-ahead']])
    expect([...hours]).toEqual([Number.NaN, hourMs + 7_200_000, hourMs + 7_200_000])
  })
})
