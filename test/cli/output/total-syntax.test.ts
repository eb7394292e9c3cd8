import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { totalCells } from '../../../cli/output/cells.ts'
import { csvOf, csvSyntax } from '../../../cli/output/csv.ts'
import { jsonOf, jsonSyntax } from '../../../cli/output/json.ts'
import { type RowSyntax, totalSyntax } from '../../../cli/output/total-syntax.ts'
import {
  type Aggregation,
  addEvent,
  count,
  createCalendar,
  decimal,
  definePipeline,
  encodeKey,
  mean,
  min,
  optional,
  presentState,
  string,
  sum,
  textsOf,
  timestamp,
  type WindowTotal,
  zeroState,
} from '../../../lib/core/index.ts'
import { totalRow } from '../../../lib/query/result-row.ts'
import { anyText } from '../../support/any-text.ts'
import { hostileTexts } from './hostile-texts.ts'

const { aggregations } = definePipeline({
  timeZone: 'UTC',
  event: {
    id: string({ minBytes: 1 }),
    at: timestamp(),
    name: optional(string({ maxBytes: 64 })),
    size: decimal({ scale: 2 }),
    weight: optional(decimal({ scale: 15 })),
  },
  id: 'id',
  time: 'at',
  aggregations: {
    all: {
      key: ['name', 'size'],
      measures: {
        events: count(),
        sizes: sum('size'),
        least: min('weight'),
        meanWeight: mean('weight'),
      },
    },
  },
})
const aggregation = aggregations[0] as Aggregation

const text = fc.oneof(fc.constantFrom(...hostileTexts), anyText())
const units = fc.integer({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER })
const event = fc.record({
  name: fc.option(text, { nil: undefined }),
  size: units,
  weight: fc.option(units, { nil: undefined }),
})
const calendar = createCalendar('Asia/Kathmandu')

/** A few keys and windows, so that rows share them. */
const total: fc.Arbitrary<WindowTotal> = fc
  .record({
    key: fc.option(text, { nil: undefined }),
    grain: fc.constantFrom('minute', 'day', 'week', 'month'),
    atMs: fc.constantFrom('2010-12-31T18:14:59Z', '2010-12-31T18:15:00Z').map(Date.parse),
    events: fc.array(event, { maxLength: 4 }),
  })
  .map(({ key, grain, atMs, events }) => ({
    key: encodeKey([key, '-1.5']),
    window: calendar.windowAt(grain, atMs),
    state: events.reduce(
      (state, values) => addEvent(aggregation, state, values),
      zeroState(aggregation),
    ),
  }))

const cellsOf = ({ window, key, state }: WindowTotal) =>
  totalCells(totalRow(aggregation, window, key, presentState(aggregation, state)))

function linesOf(totals: readonly WindowTotal[], rowSyntax: RowSyntax): string {
  const syntax = totalSyntax(aggregation, rowSyntax, { before: '', after: '\n' })
  const pieces = Array.from(textsOf(totals, aggregation, syntax), ({ text }) => Buffer.from(text))
  return Buffer.concat(pieces).toString()
}

describe('totals as rows', () => {
  // Of one grain, as the totals of a fold are.
  const totals = fc.array(total, { minLength: 1, maxLength: 12 }).map((some) => {
    return some.filter(({ window }) => window.grain === some[0]?.window.grain)
  })

  it('in JSON are what their cells are', () => {
    fc.assert(
      fc.property(totals, (some) => {
        expect(linesOf(some, jsonSyntax)).toBe(
          some.map((one) => `${jsonOf(cellsOf(one))}\n`).join(''),
        )
      }),
    )
  })

  it('in CSV are what their cells are', async () => {
    await fc.assert(
      fc.asyncProperty(totals, async (some) => {
        const csv = await Array.fromAsync(csvOf(some.map(cellsOf)))
        const header = csvSyntax.part(
          cellsOf(some[0] as WindowTotal).map(({ name }) => ({ name, kind: 'text', value: name })),
        )
        expect(`${header}\n${linesOf(some, csvSyntax)}`).toBe(csv.join(''))
      }),
    )
  })
})
