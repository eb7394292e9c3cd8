import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  beginWindowFold,
  createCalendar,
  encodeKey,
  presentState,
  ReferenceWindowFold,
  type WindowFold,
  type WindowFoldOptions,
} from '../../lib/core/index.ts'
import { anyText } from '../support/any-text.ts'
import { byProduct, salesPipeline } from '../support/sales.ts'

const nowMs = Date.parse('2026-11-22T10:00:00Z')

const usual: WindowFoldOptions = {
  definition: salesPipeline,
  aggregation: byProduct,
  grain: 'day',
  calendar: createCalendar('UTC'),
  eachIdOnce: true,
  nowMs,
}

function put(fold: WindowFold, text: string | Uint8Array): void {
  const bytes = Buffer.from(text as string)
  fold.room(bytes.length).set(bytes)
  fold.add(bytes.length)
}

interface Sale {
  readonly id: string
  readonly atMs: number
  readonly product: string
  readonly quantity: number
}

const textOf = ({ id, atMs, product, quantity }: Sale) =>
  JSON.stringify({ id, at: new Date(atMs).toISOString(), product, quantity, price: '0.25' })

/** The count and the quarters that sales come to by product and window, in the order of both. */
function totalsOf(sales: readonly Sale[], options: WindowFoldOptions) {
  const seen = new Set<string>()
  const counted = sales.filter(({ id, atMs }) => {
    const identity = `${Math.floor(atMs / 3_600_000)} ${id}`
    return !options.eachIdOnce || (!seen.has(identity) && seen.add(identity))
  })
  const windowOf = ({ atMs }: Sale) => options.calendar.windowAt(options.grain, atMs)
  const grouped = Map.groupBy(counted, (sale) => {
    return JSON.stringify([encodeKey([sale.product]), windowOf(sale).fromMs])
  })
  const rows = [...grouped].map(([place, some]) => {
    const [key, fromMs] = JSON.parse(place) as [string, number]
    const quarters = some.reduce((total, { quantity }) => total + quantity, 0)
    return [key, fromMs, String(some.length), String(quarters / 4)] as const
  })
  return {
    duplicates: sales.length - counted.length,
    rows: rows.sort((a, b) => (a[0] === b[0] ? a[1] - b[1] : a[0] < b[0] ? -1 : 1)),
  }
}

function rowsOf(fold: WindowFold) {
  return [...fold.totals()].map(({ key, window, state }) => {
    const { events, revenue } = Object.fromEntries(presentState(byProduct, state))
    return [key, window.fromMs, events, revenue]
  })
}

const sale: fc.Arbitrary<Sale> = fc.record({
  id: fc.constantFrom('1', '2', '3', '4', '5', '6'),
  atMs: fc
    .tuple(
      fc.constantFrom('2024-01-01', '2024-03-30', '2025-12-31'),
      fc.nat(200),
      fc.nat(3_600_000),
    )
    .map(([date, hours, ms]) => Date.parse(date) + hours * 3_600_000 + ms),
  product: fc.oneof(
    fc.constantFrom('a', 'B', '~', '\uffff', '\u{1f9fa}', '|'),
    anyText(4).filter((text) => text !== ''),
  ),
  quantity: fc.integer({ min: -1000, max: 1000 }),
})

const nothing = fc.constantFrom('', ' ', '\t\r', '\r')
const refused = fc.constantFrom('no JSON', '{}', '\u0000', '[]')

const lines = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: sale },
    { weight: 1, arbitrary: nothing },
    { weight: 1, arbitrary: refused },
  ),
  { maxLength: 40 },
)

describe.each([
  ['that is begun', beginWindowFold],
  ['of reference', (options: WindowFoldOptions) => new ReferenceWindowFold(options)],
])('the window fold %s', (_which, begin) => {
  it('comes to what plain means come to, however the lines are handed to it', () => {
    fc.assert(
      fc.property(
        lines,
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom('minute', 'hour', 'day', 'week', 'month'),
        fc.constantFrom('UTC', 'Europe/London', 'Australia/Lord_Howe', 'Asia/Kathmandu'),
        fc.boolean(),
        (some, perAdd, grain, zone, eachIdOnce) => {
          const options = { ...usual, grain, calendar: createCalendar(zone), eachIdOnce } as const
          const fold = begin(options)
          const texts = some.map((one) => (typeof one === 'string' ? one : textOf(one)))
          for (let at = 0; at < texts.length; at += perAdd) {
            put(
              fold,
              texts
                .slice(at, at + perAdd)
                .map((text) => `${text}\n`)
                .join(''),
            )
          }
          const sales = some.filter((one) => typeof one !== 'string')
          const { duplicates, rows } = totalsOf(sales, options)
          expect(rowsOf(fold)).toEqual(rows)
          expect(fold.events).toBe(sales.length)
          expect(fold.duplicatesDropped).toBe(duplicates)
          expect(fold.blankLines).toBe(texts.filter((text) => text.trim() === '').length)
          const rejected = fold.rejects.reduce((total, { lines: more }) => total + more, 0)
          expect(rejected).toBe(texts.length - sales.length - fold.blankLines)
        },
      ),
      { numRuns: 150 },
    )
  })

  it('takes a last line without a newline, one of nothing, and none', () => {
    const good = textOf({ id: '1', atMs: nowMs, product: 'a', quantity: 1 })
    for (const [text, events, blankLines] of [
      ['', 0, 0],
      ['\n', 0, 1],
      ['\n\n ', 0, 3],
      [good, 1, 0],
      [`${good}\r\n`, 1, 0],
      [`${good}\n${good}`, 2, 0],
      [`\ufeff${good}\n`, 1, 0],
    ] as const) {
      const fold = begin(usual)
      put(fold, text)
      expect(fold, JSON.stringify(text)).toMatchObject({ events, blankLines })
    }
  })

  it('gives room of any size', () => {
    const fold = begin(usual)
    for (const bytes of [0, 1, 100, 3_000_000, 5]) {
      expect(fold.room(bytes).length).toBeGreaterThanOrEqual(bytes)
    }
  })

  it('counts rejects by reason and field, with the message and the line of the first', () => {
    const fold = begin(usual)
    const long = (length: number) =>
      `{"id":"${'x'.repeat(length)}","at":"2026-11-22T09:00:00Z","product":"a"}\n`
    put(fold, `\nno JSON\n${long(33)}`)
    put(fold, `${long(34)}{}\nno JSON\n\n`)
    expect(fold.rejects).toEqual([
      {
        reason: 'not-json',
        field: undefined,
        message: 'the record is not JSON',
        lines: 2,
        firstLine: 2,
      },
      {
        reason: 'too-long',
        field: 'id',
        message: 'id is 33 bytes, over 32',
        lines: 2,
        firstLine: 3,
      },
      { reason: 'missing', field: 'id', message: 'id is missing', lines: 1, firstLine: 5 },
    ])
  })

  it('refuses what is dated too far ahead of its clock', () => {
    const fold = begin(usual)
    const dated = (atMs: number) => textOf({ id: '1', atMs, product: 'a', quantity: 1 })
    put(fold, `${dated(nowMs + salesPipeline.maxAheadMs)}\n`)
    put(fold, `${dated(nowMs + salesPipeline.maxAheadMs + 1)}\n`)
    expect(fold.events).toBe(1)
    expect(fold.rejects).toMatchObject([{ reason: 'too-far-ahead', field: 'at', firstLine: 2 }])
  })

  it('keeps its totals, whatever is read of them', () => {
    const fold = begin(usual)
    const text = textOf({ id: '1', atMs: nowMs, product: 'a', quantity: 1 })
    put(fold, text)
    const before = rowsOf(fold)
    expect(rowsOf(fold)).toEqual(before)
    put(fold, text.replace('"1"', '"2"'))
    expect(rowsOf(fold)).toMatchObject([['a', expect.any(Number), '2', '0.5']])
  })
})
