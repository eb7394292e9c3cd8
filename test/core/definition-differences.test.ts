import { describe, expect, it, test } from 'vitest'
import {
  count,
  type Definition,
  decimal,
  definePipeline,
  definitionDifferences,
  integer,
  isSameDefinition,
  mean,
  string,
  sum,
  times,
  timestamp,
} from '../../lib/core/index.ts'
import { sketch } from '../support/odd-measures.ts'

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

/** `usual`, as versions before stored it. */
const former =
  '[1,"id","at",["by-product","revenue",["product: string 0"],' +
  '["sales = count()","revenue = sum(price: decimal 2)"]]]'

/** Past the types, which don't know of changes. */
const defineLoosely = definePipeline as unknown as (definition: object) => Definition

const fingerprint = (changed: object) =>
  defineLoosely({ ...base, aggregations: { 'by-product': byProduct }, ...changed }).fingerprint

const lowerCase = { ...text, parameters: { lowerCase: true } }

describe('a fingerprint', () => {
  it('is the definition as data, with all that stored states depend on', () => {
    const price = { name: 'price', kind: 'decimal', parameters: { scale: 2 } }
    expect(JSON.parse(usual)).toEqual({
      version: 1,
      id: { name: 'id', kind: 'string', parameters: {} },
      time: { name: 'at', kind: 'timestamp', parameters: {} },
      aggregations: [
        {
          name: 'by-product',
          key: [{ name: 'product', kind: 'string', parameters: {} }],
          measures: [
            { name: 'sales', kind: 'count', fields: [], parameters: {} },
            { name: 'revenue', kind: 'sum', fields: [price], parameters: {} },
          ],
          rankBy: 'revenue',
        },
      ],
    })
  })

  it('is the same in whatever order its members were written', () => {
    const { version, id, time, aggregations } = JSON.parse(usual)
    expect(isSameDefinition(JSON.stringify({ aggregations, time, id, version }), usual)).toBe(true)
  })

  it.each<[string, object]>([
    ['a version', { version: 2 }],
    ['a parameter of the id', { event: { ...base.event, id: lowerCase } }],
    ['a parameter of a key field', { event: { ...base.event, product: lowerCase } }],
    ['a scale', { event: { ...base.event, price: decimal({ scale: 3 }) } }],
  ])('is another with another %s', (_what, changed) => {
    expect(isSameDefinition(usual, fingerprint(changed))).toBe(false)
    expect(isSameDefinition(former, fingerprint(changed))).toBe(false)
  })

  it('is another with another parameter of a measure', () => {
    const of = (bits: number) =>
      fingerprint({
        aggregations: { sales: { key: ['shop'], measures: { kinds: sketch('product', bits) } } },
      })
    expect(isSameDefinition(of(8), of(16))).toBe(false)
    expect(definitionDifferences(of(8), of(16))).toEqual([
      'sales: kinds was sketch(product string, bits 8) and is sketch(product string, bits 16)',
    ])
  })
})

describe('a fingerprint that a former version stored', () => {
  it('is of the same definition', () => {
    expect(isSameDefinition(former, usual)).toBe(true)
    expect(definitionDifferences(former, usual)).toEqual([])
  })

  it.each<[string, string, object]>([
    [
      'of several aggregations, keys and products',
      '[3,"shop","at",["a",null,["product: string 0","price: decimal 2","quantity: integer 0"],' +
        '["mean = mean(quantity: integer 0, price: decimal 2)"]],' +
        '["b","n",["shop: string 0"],["n = count()"]]]',
      {
        version: 3,
        id: 'shop',
        aggregations: {
          a: {
            key: ['product', 'price', 'quantity'],
            measures: { mean: mean(times('quantity', 'price')) },
          },
          b: { key: ['shop'], measures: { n: count() }, rankBy: 'n' },
        },
      },
    ],
    [
      'of fields whose names look like punctuation',
      '[1,"id","at",["a",null,["product: string 0"],["n = sum(x, y: integer 0: integer 0)"]]]',
      {
        event: { ...base.event, 'x, y: integer 0': integer() },
        aggregations: { a: { key: ['product'], measures: { n: sum('x, y: integer 0') } } },
      },
    ],
  ])('is of the same definition, %s', (_what, stored, changed) => {
    expect(isSameDefinition(stored, fingerprint(changed))).toBe(true)
  })

  it.each<[string, object, string[]]>([
    ['version', { version: 2 }, ['version was 1 and is 2']],
    ['id', { id: 'shop' }, ['id was id and is shop']],
    [
      'scale',
      { event: { ...base.event, price: decimal({ scale: 4 }) } },
      ['by-product: revenue was sum(price decimal(2)) and is sum(price decimal(4))'],
    ],
    [
      'kind of a key field',
      { event: { ...base.event, product: integer() } },
      ['by-product: key was product string and is product integer'],
    ],
    [
      'parameter, which none had',
      { event: { ...base.event, product: lowerCase } },
      ['by-product: key was product string and is product string(lowerCase true)'],
    ],
    [
      'parameter of the id',
      { event: { ...base.event, id: lowerCase } },
      ['id was id string and is id string(lowerCase true)'],
    ],
  ])('is of another definition with another %s, and says so', (_what, changed, differences) => {
    expect(isSameDefinition(former, fingerprint(changed))).toBe(false)
    expect(definitionDifferences(former, fingerprint(changed))).toEqual(differences)
  })

  it('is of another definition where the order of measures is another', () => {
    const measures = { revenue: sum('price'), sales: count() }
    const moved = fingerprint({ aggregations: { 'by-product': { ...byProduct, measures } } })
    expect(isSameDefinition(former, moved)).toBe(false)
    expect(definitionDifferences(former, moved)).toEqual([
      'by-product: its measures are in another order',
    ])
  })
})

test('nothing differs in the same definition, nor in limits, which rows do not depend on', () => {
  const event = { ...base.event, product: string({ maxBytes: 9 }) }
  const other = definePipeline({ ...base, event, aggregations: { 'by-product': byProduct } })
  expect(definitionDifferences(usual, other.fingerprint)).toEqual([])
  expect(isSameDefinition(usual, other.fingerprint)).toBe(true)
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

test.each([
  '',
  'null',
  '{}',
  '{"version":1}',
  '[]x',
  '[1,"id","at",["a",null,"key",[]]]',
  '[1,"id","at",7]',
])('a fingerprint of an unknown form says nothing: %j', (stored) => {
  expect(definitionDifferences(stored, usual)).toEqual([])
  expect(isSameDefinition(stored, usual)).toBe(false)
})
