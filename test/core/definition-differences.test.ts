import { expect, test } from 'vitest'
import {
  count,
  decimal,
  definePipeline,
  definitionDifferences,
  integer,
  string,
  sum,
  timestamp,
} from '../../lib/core/index.ts'

const text = string({ minBytes: 1, maxBytes: 32 })
const event = { id: text, at: timestamp(), product: text, shop: text, price: decimal({ scale: 2 }) }

const base = {
  timeZone: 'UTC',
  event: { ...event, quantity: integer() },
  id: 'id',
  time: 'at',
} as const

const byProduct = {
  key: ['product'],
  measures: { sales: count(), revenue: sum('price') },
  rankBy: 'revenue',
} as const

const usual = definePipeline({ ...base, aggregations: { 'by-product': byProduct } }).fingerprint

test('nothing differs in the same definition, nor in limits, which rows do not depend on', () => {
  const event = { ...base.event, product: string({ maxBytes: 9 }) }
  const other = definePipeline({ ...base, event, aggregations: { 'by-product': byProduct } })
  expect(definitionDifferences(usual, other.fingerprint)).toEqual([])
})

test('each difference is named with its aggregation, and what was and is', () => {
  const { fingerprint } = definePipeline({
    ...base,
    version: 2,
    event: { ...base.event, price: decimal({ scale: 4 }) },
    aggregations: {
      'by-product': {
        key: ['product', 'shop'],
        measures: { revenue: sum('price'), quantity: sum('quantity') },
        rankBy: 'quantity',
      },
      'by-shop': { key: ['shop'], measures: { sales: count() } },
    },
  })
  expect(definitionDifferences(usual, fingerprint)).toEqual([
    'version was 1 and is 2',
    'by-product: rankBy was revenue and is quantity',
    'by-product: key was product string and is product string, shop string',
    'by-product: the measure sales is gone',
    'by-product: revenue was sum(price decimal(2)) and is sum(price decimal(4))',
    'by-product: the measure quantity is new',
    'the aggregation by-shop is new',
  ])
  expect(definitionDifferences(fingerprint, usual)).toContain('the aggregation by-shop is gone')
})

test('a leaderboard that is new and measures in another order are told', () => {
  const measures = { revenue: sum('price'), sales: count() }
  const { fingerprint } = definePipeline({
    ...base,
    aggregations: { 'by-product': { key: ['product'], measures } },
  })
  expect(definitionDifferences(usual, fingerprint)).toEqual([
    'by-product: rankBy was revenue and is none',
    'by-product: its measures are in another order',
  ])
})

test.each(['', 'null', '[]x', '[1,"id","at",["a",null,"key",[]]]', '[1,"id","at",7]'])(
  'a fingerprint of an unknown form says nothing: %j',
  (stored) => expect(definitionDifferences(stored, usual)).toEqual([]),
)
