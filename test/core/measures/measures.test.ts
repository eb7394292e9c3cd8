import { describe, expect, it } from 'vitest'
import {
  count,
  decimal,
  type EventValues,
  integer,
  type MeasureSpec,
  max,
  mean,
  min,
  optional,
  sum,
  times,
} from '../../../lib/core/index.ts'

const event = {
  id: 'id',
  time: 'at',
  fields: {
    quantity: integer(),
    price: decimal({ scale: 4 }),
    weight: optional(decimal({ scale: 2 })),
  },
}

/** Three purchases and a return; one has no weight. Prices are 2.55, 0.1, 10 and 2.55. */
const events: readonly EventValues[] = [
  { quantity: 6, price: 25_500, weight: 150 },
  { quantity: 2, price: 1_000 },
  { quantity: 1, price: 100_000, weight: 5 },
  { quantity: -2, price: 25_500, weight: 20 },
]

const most = Number.MAX_SAFE_INTEGER

function presented(spec: MeasureSpec, some: readonly EventValues[]): string | null {
  const measure = spec.bind(event)
  return measure.presentation.present(
    some.reduce((state, event) => measure.add(state, event), measure.zero),
  )
}

describe('measures come to', () => {
  it.each<[string, MeasureSpec, string]>([
    ['count', count(), '4'],
    ['sum(quantity)', sum('quantity'), '7'],
    ['sum(price)', sum('price'), '15.2'],
    ['sum(weight), where it is there', sum('weight'), '1.75'],
    ['sum(quantity × price)', sum(times('quantity', 'price')), '20.4'],
    ['sum(quantity × weight)', sum(times('quantity', 'weight')), '8.65'],
    ['sum(price × price)', sum(times('price', 'price')), '113.015'],
    ['min(quantity)', min('quantity'), '-2'],
    ['min(price)', min('price'), '0.1'],
    ['min(weight)', min('weight'), '0.05'],
    ['min(quantity × price)', min(times('quantity', 'price')), '-5.1'],
    ['max(price)', max('price'), '10'],
    ['max(quantity × price)', max(times('quantity', 'price')), '15.3'],
    ['mean(quantity)', mean('quantity'), '1.75'],
    ['mean(price)', mean('price'), '3.8'],
    ['mean(weight), over those that are there', mean('weight'), '0.58333333'],
  ])('%s', (_name, spec, text) => {
    expect(presented(spec, events)).toBe(text)
  })

  it.each<[string, MeasureSpec, string | null]>([
    ['count', count(), '0'],
    ['sum', sum('weight'), '0'],
    ['min', min('weight'), null],
    ['max', max('weight'), null],
    ['mean', mean('weight'), null],
  ])('%s of nothing at all, and of events that lack the field', (_name, spec, text) => {
    expect(presented(spec, [])).toBe(text)
    if (spec.reads.length > 0) expect(presented(spec, [{ quantity: 1, price: 1 }])).toBe(text)
  })

  it.each<[string, MeasureSpec, string]>([
    ['sum', sum('quantity'), '18014398509481982'],
    ['sum of a product', sum(times('quantity', 'quantity')), '162259276829213327362780991324162'],
    ['max of a product', max(times('quantity', 'quantity')), '81129638414606663681390495662081'],
    ['mean', mean('quantity'), '9007199254740991'],
  ])('%s of values beyond every float, to the last digit', (_name, spec, text) => {
    const large = [
      { quantity: most, price: 0 },
      { quantity: most, price: 0 },
    ]
    expect(presented(spec, large)).toBe(text)
  })

  it.each([
    [[1, 0, 0], '0.333333'],
    [[2, 0, 0], '0.666667'],
    [[-2, 0, 0], '-0.666667'],
    [[1, ...Array(1_999_999).fill(0)], '0'],
    [[3, ...Array(1_999_999).fill(0)], '0.000002'],
    [[5, -5], '0'],
  ])('a mean to six decimals, ties to even: %#', (quantities, text) => {
    const measure = mean('quantity').bind(event)
    const total = quantities.reduce((a, b) => a + b, 0)
    const state = measure.codec.decode([String(total), String(quantities.length)])
    expect(measure.presentation.present(state)).toBe(text)
  })
})

describe('what measures stored', () => {
  it.each<[MeasureSpec, (string | undefined)[]]>([
    [count(), [undefined]],
    [count(), ['1.5']],
    [sum('price'), ['1.00001']],
    [sum('price'), ['NaN']],
    [sum('price'), ['']],
    [min('price'), ['x']],
    [mean('price'), ['1', undefined]],
    [mean('price'), [undefined, '1']],
  ])('throws where it makes no sense: %#', (spec, stored) => {
    expect(() => spec.bind(event).codec.decode(stored)).toThrow(
      'A stored state is not a decimal of',
    )
  })
})
