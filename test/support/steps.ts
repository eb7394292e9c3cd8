import { createCalendar, type Definition } from '../../lib/core/index.ts'
import type { KinesisBatch } from '../../lib/records/kinesis-batch.ts'
import { type RollupResult, rollUp } from '../../lib/rollup/roll-up.ts'
import { applyBatch, type BatchSummary } from '../../lib/stream/apply-batch.ts'
import { salesPipeline } from './sales.ts'
import { batchOf, lineOf, type SaleEvent, type SequencedLine } from './sales-batches.ts'
import { type ChangedOptions, contextAt, storesOn, type World, worldThrough } from './world.ts'

/** An instant of November 2026, as in `16T10:00:00`. */
export const at = (text: string) => Date.parse(`2026-11-${text}Z`)

export const utc = createCalendar('UTC')

/** Applies a batch as the stream function does, by default at the moment at which it arrived. */
export function apply(
  world: World,
  batch: KinesisBatch,
  definition: Definition = salesPipeline,
  nowMs = batch.arrivedMs,
): Promise<BatchSummary> {
  const stores = storesOn(world, () => nowMs)
  return applyBatch(definition, stores, batch, nowMs)
}

/** Delivers lines as one batch of a shard, numbered from a sequence number on. */
export function deliver(
  world: World,
  shard: number,
  from: number,
  lines: readonly string[],
  nowMs: number,
  definition: Definition = salesPipeline,
): Promise<BatchSummary> {
  const records = lines.map((line, index): SequencedLine => [from + index, line])
  return apply(world, batchOf(shard, records, nowMs), definition)
}

export function run(
  world: World,
  nowMs: number,
  changed: ChangedOptions = {},
): Promise<RollupResult> {
  return rollUp(contextAt(world, nowMs, changed))
}

/** A sale at an instant of November 2026. */
export function sale(
  id: string,
  time: string,
  product: string,
  more: Partial<SaleEvent> = {},
): string {
  return lineOf({ id, at: `2026-11-${time}Z`, product, ...more })
}

/** Sales of two hours of one Monday. */
export const monday: readonly string[] = [
  sale('1', '16T10:00:00', 'a', { quantity: 2, price: '1.25' }),
  sale('2', '16T10:00:30', 'a', { quantity: -1 }),
  sale('3', '16T10:59:59', 'b'),
  sale('4', '16T23:59:59', 'a'),
]

/** The same world, with its requests counted by store. */
export function counting(world: World) {
  const requests = { minutes: 0, rollups: 0, ledger: 0, objects: 0 }
  const counted = worldThrough(world, (store) => (request) => {
    requests[store]++
    return request()
  })
  const total = () => Object.values(requests).reduce((sum, one) => sum + one)
  return { requests, counted, total }
}

/** All puts and deletes of rollup rows and leaderboards that came through, as a count. */
export function countingWrites(world: World) {
  const writes = { rollups: 0, minutes: 0 }
  const counted = worldThrough(world, (store) => async (request) => {
    const answer = await request()
    // Of `writeAll` and of conditional puts; reads answer otherwise.
    if (answer === 1 && (store === 'rollups' || store === 'minutes')) writes[store]++
    return answer
  })
  return { writes, counted }
}
