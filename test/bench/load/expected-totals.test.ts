import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEventMaker } from '../../../bench/load/event-maker.ts'
import { ExpectedTotals, firstOpenHour } from '../../../bench/load/expected-totals.ts'
import { seededRandom } from '../../../emulator/faults/seeded-random.ts'
import type { OutgoingRecord } from '../../../local/put-records.ts'
import { type OracleRow, readPurchases, rowsOf } from '../../oracle/oracle.ts'

const grains = ['minute', 'day', 'week', 'month'] as const
const hourMs = 3_600_000
const nowMs = Date.UTC(2026, 10, 22, 10, 26)

function textsOf(rows: readonly OracleRow[]): Map<string, string> {
  return new Map(
    rows.map((row) => [
      `${row.period} ${row.productId} ${row.currency}`,
      [row.purchases, row.quantity, row.revenue, row.minPrice, row.maxPrice].join(' '),
    ]),
  )
}

function makeEvents(seed: number, mix: Parameters<typeof createEventMaker>[0]['mix']) {
  const expected = new ExpectedTotals()
  const maker = createEventMaker({
    random: seededRandom(seed),
    runId: 'run',
    mix,
    startedMs: nowMs,
    durationMs: 100_000,
    expected,
  })
  const records: OutgoingRecord[] = []
  for (let at = 0; at < 500; at++) records.push(maker.make(nowMs + at * 200))
  return { expected, records, made: maker.made() }
}

describe('events of a load', () => {
  const mix = { duplicate: 0.1, malformed: 0.05, late: 0.2, open: 0.1 }

  it('come to what their maker expects, in the eyes of the oracle', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { expected, records, made } = makeEvents(seed, mix)
        const read = readPurchases(
          records.map(({ data }) => data),
          nowMs + 100_000,
        )
        expect(read.purchases).toHaveLength(made.events)
        expect(read.refused).toHaveLength(made.malformed)
        expect(made.events + made.malformed + made.duplicates).toBe(records.length)
        for (const grain of grains) {
          expect(expected.rows(grain)).toEqual(textsOf(rowsOf(read.purchases, grain, 'UTC')))
        }
      }),
      { numRuns: 30 },
    )
  })

  it('are of every kind that the mix names', () => {
    const { expected, made } = makeEvents(1, mix)
    expect(made.duplicates).toBeGreaterThan(20)
    expect(made.malformed).toBeGreaterThan(10)
    const minutes = [...expected.rows('minute').keys()].map((place) =>
      Date.parse(`${place.slice(0, 16)}Z`),
    )
    const openMs = firstOpenHour(nowMs, 300_000)
    expect(minutes.some((ms) => ms >= openMs)).toBe(true)
    expect(minutes.some((ms) => ms < nowMs - 12 * hourMs)).toBe(true)
    // Nothing but what is of the open hour lies within the last hours.
    expect(minutes.some((ms) => ms < openMs && ms > openMs - 2 * hourMs)).toBe(false)
  })
})

describe('expected totals', () => {
  const event = { productId: 'mug', currency: 'EUR', quantity: -1, priceUnits: 99_500 }

  it('of hours that are open are those of the records', () => {
    const [byId, byRecord] = [new ExpectedTotals(), new ExpectedTotals()]
    for (const timeMs of [nowMs - hourMs, nowMs]) {
      byId.add({ ...event, timeMs })
      for (let copy = 0; copy < 2; copy++) byRecord.add({ ...event, timeMs })
    }
    const openMs = firstOpenHour(nowMs, 300_000)
    expect([...byId.with(byRecord, openMs).rows('minute')]).toEqual([
      ['2026-11-22T09:26 mug EUR', '1 -1 -9.95 9.95 9.95'],
      ['2026-11-22T10:26 mug EUR', '2 -2 -19.9 9.95 9.95'],
    ])
    expect([...byId.rows('day').values()]).toEqual(['2 -2 -19.9 9.95 9.95'])
  })

  it.each([
    ['2026-11-22T10:04:59Z', '2026-11-22T09:00:00Z'],
    ['2026-11-22T10:05:00Z', '2026-11-22T10:00:00Z'],
  ])('take at %s the hour from %s on for open', (now, first) => {
    expect(firstOpenHour(Date.parse(now), 300_000)).toBe(Date.parse(first))
  })
})
