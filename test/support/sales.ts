import {
  type Aggregation,
  count,
  decimal,
  definePipeline,
  type EventValues,
  encodeKey,
  Fold,
  integer,
  mean,
  min,
  optional,
  presentState,
  type State,
  string,
  sum,
  times,
  timestamp,
} from '../../lib/core/index.ts'

/** A small pipeline with every kind of measure and two aggregations, for tests of what stores rows. */
export const salesPipeline = definePipeline({
  timeZone: 'UTC',
  event: {
    id: string({ minBytes: 1, maxBytes: 32 }),
    at: timestamp(),
    product: string({ minBytes: 1, maxBytes: 32 }),
    quantity: integer(),
    price: decimal({ scale: 2 }),
    weight: optional(decimal({ scale: 3 })),
  },
  id: 'id',
  time: 'at',
  aggregations: {
    'by-product': {
      key: ['product'],
      measures: {
        events: count(),
        revenue: sum(times('quantity', 'price')),
        lightest: min('weight'),
        meanPrice: mean('price'),
      },
      rankBy: 'revenue',
    },
    'by-price': { key: ['price'], measures: { quantity: sum('quantity') } },
  },
})

export const [byProduct, byPrice] = salesPipeline.aggregations as [Aggregation, Aggregation]

export interface Sale {
  readonly product: string
  readonly quantity?: number
  /** In units of 0.01. */
  readonly price?: number
  /** In units of 0.001. */
  readonly weight?: number
}

export function valuesOf({ quantity = 1, price = 100, ...sale }: Sale): EventValues {
  return { quantity, price, ...sale }
}

/** The state of these sales in the aggregation `by-product`. */
export function stateOf(...sales: readonly Sale[]): State {
  const fold = new Fold(salesPipeline)
  for (const sale of sales) {
    fold.add({ id: 'any', timeMs: 0, values: { ...valuesOf(sale), product: 'one' } })
  }
  const total = fold.get(byProduct, encodeKey(['one']), 0)
  if (total === undefined) throw new Error('A state is of one sale at least')
  return total.state
}

/** `<revenue> of <events>` of a state of `by-product`, for tests to compare. */
export function summaryOf(state: State): string {
  const measures = new Map(presentState(byProduct, state))
  return `${measures.get('revenue')} of ${measures.get('events')}`
}
