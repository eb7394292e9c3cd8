import fc from 'fast-check'
import {
  count,
  decimal,
  integer,
  max,
  mean,
  min,
  optional,
  sum,
  times,
} from '../../lib/core/index.ts'
import { measureLaws } from './measure-laws.ts'

const fields = {
  quantity: integer(),
  price: decimal({ scale: 4 }),
  weight: optional(decimal({ scale: 15 })),
}

const shopping = fc.record({
  quantity: fc.integer({ min: -20, max: 20 }),
  price: fc.integer({ min: 0, max: 100_000 }),
})

/** Sums of these are no safe integers any more. */
const big = fc.record({
  quantity: fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -1, max: 1 })),
  price: fc.oneof(fc.maxSafeInteger(), fc.constant(Number.MAX_SAFE_INTEGER)),
})

/** Products of these have over 38 digits. */
const huge = fc.record({
  quantity: fc.constantFrom(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 3),
  price: fc.constantFrom(Number.MAX_SAFE_INTEGER, 1),
  weight: fc.maxSafeInteger(),
})

const withGaps = fc.record(
  { quantity: fc.maxSafeInteger(), price: fc.maxSafeInteger(), weight: fc.maxSafeInteger() },
  { requiredKeys: ['quantity'] },
)

measureLaws('count', { measure: count(), fields, events: shopping })
measureLaws('sum of a field', { measure: sum('quantity'), fields, events: shopping })
measureLaws('sum of big values', { measure: sum('price'), fields, events: big })
measureLaws('sum of an optional field', { measure: sum('weight'), fields, events: withGaps })
measureLaws('sum of a product', {
  measure: sum(times('quantity', 'price')),
  fields,
  events: shopping,
})
measureLaws('sum of a product of three', {
  measure: sum(times('quantity', 'price', 'weight')),
  fields,
  events: huge,
})
measureLaws('sum of a product with gaps', {
  measure: sum(times('quantity', 'weight')),
  fields,
  events: withGaps,
})
measureLaws('min', { measure: min('price'), fields, events: shopping })
measureLaws('min of an optional field', { measure: min('weight'), fields, events: withGaps })
measureLaws('min of a product', {
  measure: min(times('quantity', 'price', 'weight')),
  fields,
  events: huge,
})
measureLaws('max', { measure: max('price'), fields, events: shopping })
measureLaws('max of an optional field', { measure: max('weight'), fields, events: withGaps })
measureLaws('max of a product', {
  measure: max(times('quantity', 'price', 'weight')),
  fields,
  events: huge,
})
measureLaws('mean', { measure: mean('price'), fields, events: shopping })
measureLaws('mean of big values', { measure: mean('price'), fields, events: big })
measureLaws('mean of an optional field', { measure: mean('weight'), fields, events: withGaps })
measureLaws('mean of a product', {
  measure: mean(times('quantity', 'price', 'weight')),
  fields,
  events: huge,
})
