import fc from 'fast-check'
import { decodeBatch, decodeKey, Lines } from '../../../lib/core/index.ts'
import { ExactlyOnceMinutes } from '../../../lib/rows/exactly-once-minutes.ts'
import { createMinuteRows } from '../../../lib/rows/minute-rows.ts'
import type { Table } from '../../../lib/store/table.ts'
import { keptFor } from '../../support/kept-for.ts'
import { byProduct, salesPipeline, summaryOf } from '../../support/sales.ts'
import { lineOf } from '../../support/sales-batches.ts'

export const hourMs = Date.parse('2026-11-22T10:00:00Z')
const nowMs = () => hourMs
export const bucketCount = 4
export const retentionMs = 86_400_000
export const lane = 'shardId-000000000000'

/** One event of a lane. Several of one sequence number are those of one aggregated record. */
export interface LaneEvent {
  readonly sequence: number
  readonly product: string
  readonly minute: number
  readonly quantity: number
}

export function writerOn(table: Table, maxRememberedRows = 100): ExactlyOnceMinutes {
  return new ExactlyOnceMinutes({
    table,
    bucketCount,
    nowMs,
    ...keptFor(retentionMs),
    concurrency: 4,
    maxRememberedRows,
  })
}

/** As numbers they have over 2^53, and more digits as they grow. */
export const sequenceNumber = (sequence: number) => String(10n ** 56n - 5n + BigInt(sequence))

export function apply(writer: ExactlyOnceMinutes, batch: readonly LaneEvent[], toLane = lane) {
  const lines = batch.map(({ minute, product, quantity }) => {
    const at = new Date(hourMs + minute * 60_000).toISOString()
    return Buffer.from(lineOf({ id: 'any', at, product, quantity }))
  })
  const ofProducts = { ...salesPipeline, aggregations: [byProduct] }
  return writer.apply(
    toLane,
    decodeBatch(ofProducts, Lines.of(lines)),
    batch.map(({ sequence }) => sequenceNumber(sequence)),
  )
}

/** `<product> <minute>: <revenue> of <events>` of every row of the hour. */
export async function rowsIn(table: Table): Promise<string[]> {
  const rows = createMinuteRows({ table, bucketCount, nowMs, ...keptFor(retentionMs) })
  const texts: string[] = []
  for await (const { key, minuteMs, state } of rows.readHour(byProduct, hourMs)) {
    texts.push(`${decodeKey(key)[0]} ${(minuteMs - hourMs) / 60_000}: ${summaryOf(state)}`)
  }
  return texts.sort()
}

/** The same of each event once, counted in the plainest way. */
export function expectedRows(events: readonly LaneEvent[]): string[] {
  const groups = Map.groupBy(events, ({ product, minute }) => `${product} ${minute}`)
  return [...groups]
    .map(([group, some]) => {
      const quantity = some.reduce((total, event) => total + event.quantity, 0)
      return `${group}: ${quantity} of ${some.length}`
    })
    .sort()
}

export const event = (sequence: number, product = 'a', quantity = 1, minute = 0): LaneEvent => ({
  sequence,
  product,
  minute,
  quantity,
})

/** The records of a lane in order, each with its events. */
export const laneRecords = fc
  .array(
    fc.record({
      product: fc.constantFrom('a', 'b', 'a#b'),
      minute: fc.nat(1),
      quantity: fc.integer({ min: -5, max: 5 }),
      sameRecord: fc.boolean(),
    }),
    { minLength: 1, maxLength: 14 },
  )
  .map((events) => {
    let sequence = 0
    return events.map(({ sameRecord, ...rest }): LaneEvent => {
      if (!sameRecord) sequence++
      return { sequence, ...rest }
    })
  })
  .map((events) =>
    Map.groupBy(events, ({ sequence }) => sequence)
      .values()
      .toArray(),
  )
