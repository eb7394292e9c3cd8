import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../cli/failure.ts'
import { addKeyOptions, keyFrom } from '../../cli/key-options.ts'
import {
  type Aggregation,
  count,
  decimal,
  definePipeline,
  optional,
  string,
  timestamp,
} from '../../lib/core/index.ts'

const pipeline = definePipeline({
  timeZone: 'UTC',
  event: {
    id: string({ minBytes: 1, maxBytes: 32 }),
    at: timestamp(),
    product: string({ maxBytes: 32 }),
    price: decimal({ scale: 2 }),
    customerId: optional(string({ maxBytes: 32 })),
  },
  id: 'id',
  time: 'at',
  aggregations: {
    sold: { key: ['product', 'customerId', 'price'], measures: { events: count() } },
  },
})

const [sold] = pipeline.aggregations as [Aggregation]

function keyOf(...args: readonly string[]) {
  const command = addKeyOptions(new Command(), pipeline).exitOverride()
  command.configureOutput({ writeErr: () => undefined })
  return keyFrom(sold, command.parse(args, { from: 'user' }).opts())
}

describe('the options of a key', () => {
  it('are taken in order, by name, or both', () => {
    expect(keyOf('--key', 'mug', 'c1', '2')).toEqual(['mug', 'c1', '2'])
    expect(keyOf('--key', 'mug', '2', '--key-customerId', 'c1')).toEqual(['mug', 'c1', '2'])
    expect(keyOf('--key-price=-2', '--key', 'mug', 'c1')).toEqual(['mug', 'c1', '-2'])
  })

  it('ask for a value that is missing, which an empty one is not', () => {
    expect(keyOf('--key', 'mug', '2', '--no-key-customerId')).toEqual(['mug', undefined, '2'])
    expect(keyOf('--key', 'mug', '', '2')).toEqual(['mug', '', '2'])
  })

  it('are refused where a value is lacking, or one too many', () => {
    expect(() => keyOf('--key', 'mug', 'c1')).toThrow(UsageError)
    expect(() => keyOf('--key', 'mug', 'c1', '2', '--no-key-customerId')).toThrow(UsageError)
    expect(() => keyOf('--key', 'mug', 'c1', '2', '3')).toThrow(
      'a key of sold has these values: --key <product> <customerId> <price>',
    )
  })

  it('say that no value is missing which has to be there', () => {
    expect(() => keyOf('--no-key-price')).toThrow("unknown option '--no-key-price'")
  })
})
