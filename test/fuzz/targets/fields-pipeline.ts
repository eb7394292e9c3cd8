import {
  count,
  decimal,
  definePipeline,
  integer,
  mean,
  min,
  oneOf,
  optional,
  string,
  sum,
  times,
  timestamp,
} from '../../../lib/core/index.ts'

/** Fields and measures of other kinds than the purchases have, under their names. */
export const fieldsPipeline = definePipeline({
  timeZone: 'UTC',
  earliest: '0001-01-01T00:00:00Z',
  event: {
    transactionId: string({ minBytes: 1 }),
    timestamp: timestamp({ format: 'epochSeconds' }),
    productId: optional(string()),
    quantity: integer({ min: -10, max: 9007199254740991 }),
    unitPrice: optional(decimal({ scale: 15 })),
    currency: oneOf('EUR', 'GBP'),
  },
  id: 'transactionId',
  time: 'timestamp',
  aggregations: {
    all: {
      key: ['productId', 'currency', 'quantity'],
      measures: {
        events: count(),
        total: sum(times('quantity', 'unitPrice')),
        least: min('unitPrice'),
        average: mean('unitPrice'),
      },
      rankBy: 'total',
    },
  },
})
