import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Aggregation,
  count,
  definePipeline,
  integer,
  Leaders,
  max,
  optional,
  string,
  timestamp,
} from '../../lib/core/index.ts'
import { anyText } from '../support/any-text.ts'

const [sizes] = definePipeline({
  timeZone: 'UTC',
  event: { id: string({ minBytes: 1 }), at: timestamp(), size: optional(integer()) },
  id: 'id',
  time: 'at',
  aggregations: {
    sizes: { key: ['size'], measures: { events: count(), most: max('size') }, rankBy: 'most' },
  },
}).aggregations as [Aggregation]

const rows = fc.uniqueArray(
  fc.record({
    key: anyText(3),
    most: fc.option(
      fc.oneof(fc.bigInt(-2n, 2n), fc.bigInt(2n ** 53n - 3n, 2n ** 53n + 3n), fc.bigInt()),
    ),
  }),
  { selector: ({ key }) => key, maxLength: 30 },
)

describe('Leaders', () => {
  it('are the first of all rows by rank, the lesser key first among equals, and those without last', () => {
    fc.assert(
      fc.property(rows, fc.nat(10), (all, size) => {
        const leaders = new Leaders(sizes, size)
        for (const { key, most } of all) leaders.show({ key, state: ['1', most?.toString()] })
        const sorted = all
          .toSorted((a, b) => {
            if (a.most !== b.most) {
              if (a.most === null) return 1
              if (b.most === null) return -1
              return a.most > b.most ? -1 : 1
            }
            return a.key < b.key ? -1 : 1
          })
          .slice(0, size)
        expect(leaders.leaders().map(({ key }) => key)).toEqual(sorted.map(({ key }) => key))
      }),
      { numRuns: 300 },
    )
  })
})
