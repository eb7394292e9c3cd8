import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Aggregation,
  count,
  decimal,
  decodeKey,
  definePipeline,
  type EventValues,
  encodeState,
  Fold,
  foldEvents,
  integer,
  keyOf,
  max,
  optional,
  presentState,
  string,
  sum,
  times,
  timestamp,
  zeroState,
} from '../../lib/core/index.ts'

const definition = definePipeline({
  timeZone: 'UTC',
  event: {
    id: string({ minBytes: 1 }),
    at: timestamp(),
    product: string({ maxBytes: 64 }),
    shelf: optional(integer()),
    quantity: integer(),
    price: decimal({ scale: 2 }),
  },
  id: 'id',
  time: 'at',
  aggregations: {
    products: {
      key: ['product', 'price'],
      measures: {
        events: count(),
        revenue: sum(times('quantity', 'price')),
        most: max('quantity'),
      },
      rankBy: 'revenue',
    },
    shelves: { key: ['shelf'], measures: { quantity: sum('quantity') } },
  },
})
const [products, shelves] = definition.aggregations as [Aggregation, Aggregation]

const fromMs = Date.parse('2026-11-22T10:00:00Z')

const events = fc
  .record({
    timeMs: fc.integer({ min: fromMs - 120_000, max: fromMs + 120_000 }),
    product: fc.constantFrom('a', 'b', 'a|b', '__proto__', ''),
    shelf: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
    quantity: fc.oneof(fc.integer({ min: -3, max: 9 }), fc.maxSafeInteger()),
    price: fc.constantFrom(0, 1, 255, Number.MAX_SAFE_INTEGER),
  })
  .map(({ timeMs, ...values }) => ({ id: 'any', timeMs, values }))

type Event = { readonly timeMs: number; readonly values: EventValues }

/** Totals by the plainest of means: strings, bigints and one pass over all events per total. */
function naiveTotals(all: readonly Event[]): string[] {
  const groups = new Map<string, Event[]>()
  for (const event of all) {
    const minute = new Date(event.timeMs).toISOString().slice(0, 16)
    for (const key of [
      JSON.stringify(['products', event.values.product, event.values.price]),
      JSON.stringify(['shelves', event.values.shelf ?? null]),
    ]) {
      groups.set(`${minute} ${key}`, [...(groups.get(`${minute} ${key}`) ?? []), event])
    }
  }
  return [...groups]
    .map(([group, members]) => {
      const numbers = (name: string) => members.map(({ values }) => BigInt(values[name] as number))
      const quantity = numbers('quantity').reduce((a, b) => a + b)
      const revenue = members
        .map(({ values: { quantity: q, price } }) => BigInt(q as number) * BigInt(price as number))
        .reduce((a, b) => a + b)
      const most = numbers('quantity').reduce((a, b) => (a > b ? a : b))
      return group.includes('["products"')
        ? `${group} ${members.length} ${revenue} ${most}`
        : `${group} ${quantity}`
    })
    .sort()
}

/** The totals of a fold in the same words. */
function foldedTotals(fold: Fold): string[] {
  return [...fold.totals()]
    .map(({ aggregation, key, minuteMs, state }) => {
      const minute = new Date(minuteMs).toISOString().slice(0, 16)
      const values = decodeKey(key)
      const named =
        aggregation === products
          ? ['products', values[0], Math.round(Number(values[1]) * 100)]
          : ['shelves', values[0] === undefined ? null : Number(values[0])]
      return `${minute} ${JSON.stringify(named)} ${state.join(' ')}`
    })
    .sort()
}

function foldOf(all: readonly Event[]): Fold {
  const fold = new Fold(definition)
  for (const event of all) fold.add({ id: 'any', ...event })
  return fold
}

describe('Fold', () => {
  it('comes to what a naive recomputation comes to', () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 30 }), (all) => {
        expect(foldedTotals(foldOf(all))).toEqual(naiveTotals(all))
      }),
      { numRuns: 300 },
    )
  })

  it('comes to the same in any order, and in batches that are merged in any order', () => {
    const shuffled = fc.array(events, { maxLength: 20 }).chain((all) =>
      fc.record({
        all: fc.constant(all),
        other: fc.shuffledSubarray(all, { minLength: all.length }),
        cut: fc.nat(all.length),
      }),
    )
    fc.assert(
      fc.property(shuffled, ({ all, other, cut }) => {
        const whole = foldedTotals(foldOf(all))
        expect(foldedTotals(foldOf(other))).toEqual(whole)
        const merged = new Fold(definition)
        for (const part of [foldOf(other.slice(cut)), foldOf(other.slice(0, cut))]) {
          for (const { aggregation, key, minuteMs, state } of part.totals()) {
            merged.merge(aggregation, key, minuteMs, state)
          }
        }
        expect(foldedTotals(merged)).toEqual(whole)
      }),
      { numRuns: 300 },
    )
  })

  it('notes the lines of a total in the order in which they came', () => {
    const fold = new Fold(definition)
    const at = (product: string, second: number) => ({
      id: 'any',
      timeMs: fromMs + second * 1000,
      values: { product, quantity: 1, price: 100 },
    })
    fold.add(at('a', 0), 0)
    fold.add(at('b', 1), 1)
    fold.add(at('a', 59), 2)
    fold.add(at('a', 60), 3)
    const lines = (key: string, minute: number) =>
      fold.get(products, key, fromMs + minute * 60_000)?.lines
    expect(lines('a|1', 0)).toEqual([0, 2])
    expect(lines('b|1', 0)).toEqual([1])
    expect(lines('a|1', 1)).toEqual([3])
    expect(lines('b|1', 1)).toBeUndefined()
    expect(fold.get(shelves, '~-', fromMs)?.lines).toEqual([0, 1, 2])
  })

  it('puts each event into the minute that holds it, before 1970 too', () => {
    const fold = foldOf([-1, 0, 59_999, 60_000].map((timeMs) => ({ timeMs, values: { price: 0 } })))
    const minutes = [...fold.totals()].filter(({ aggregation }) => aggregation === shelves)
    expect(minutes.map(({ minuteMs }) => minuteMs)).toEqual([-60_000, 0, 60_000])
  })
})

describe('an aggregation', () => {
  const event = { product: 'a#b', quantity: 3, price: 205 }

  it('makes one key of several fields, numbers as their decimal text', () => {
    expect(keyOf(products, event)).toBe('a~hb|2.05')
    expect(keyOf(shelves, event)).toBe('~-')
    expect(keyOf(shelves, { ...event, shelf: 0 })).toBe('0')
  })

  it('presents every measure by its name', () => {
    expect(presentState(products, foldEvents(products, [event, event]))).toEqual([
      ['events', '2'],
      ['revenue', '12.3'],
      ['most', '3'],
    ])
    expect(presentState(products, zeroState(products))).toEqual([
      ['events', '0'],
      ['revenue', '0'],
      ['most', null],
    ])
  })

  it('encodes a state by its attributes, with a gap where nothing is', () => {
    expect(encodeState(products, zeroState(products))).toEqual(['0', '0', undefined])
  })
})
