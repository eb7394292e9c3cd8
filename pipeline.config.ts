import {
  count,
  decimal,
  definePipeline,
  integer,
  max,
  min,
  optional,
  type PipelineEvent,
  string,
  sum,
  times,
  timestamp,
} from './lib/core/index.ts'

/** What an event is, and what is kept of it. This is the file to edit. */
const pipeline = definePipeline({
  timeZone: 'UTC',
  event: {
    transactionId: string({ minBytes: 1, maxBytes: 128 }),
    timestamp: timestamp(),
    productId: string({ minBytes: 1, maxBytes: 256 }),
    quantity: integer(),
    unitPrice: decimal({ scale: 4, min: 0 }),
    currency: string({ maxBytes: 3, pattern: /^[A-Z]{3}$/ }),
    customerId: optional(string({ maxBytes: 128 })),
  },
  id: 'transactionId',
  time: 'timestamp',
  aggregations: {
    'purchases-by-product': {
      key: ['productId', 'currency'],
      measures: {
        purchases: count(),
        quantity: sum('quantity'),
        revenue: sum(times('quantity', 'unitPrice')),
        minPrice: min('unitPrice'),
        maxPrice: max('unitPrice'),
      },
      rankBy: 'revenue',
    },
  },
})

export type Purchase = PipelineEvent<typeof pipeline>

export default pipeline
