import { IdSet } from '../core/id-set.ts'
import { type DecodedEvent, type Definition, decodeEvent, Reject } from '../core/index.ts'
import { type BatchCut, type HistoryChunk, isRedriven } from '../records/history.ts'
import { countedEvents } from './counted-events.ts'
import type { BothSides } from './read-hour.ts'
import { rowIdsOf } from './row-id.ts'
import type { VerifyContext } from './verify-context.ts'

/** Why minute rows need not show an event of history yet, or show it only in part. */
export type Unsettled = 'given-up' | 'in-flight' | 'rejected'

/** What history has of a row. */
export interface TracedRow {
  /** Why it may differ, if an event does that is not settled. */
  unsettled: Unsettled | undefined
  /** Events that it counts whatever becomes of those that are not settled. */
  leastEvents: number
  /** Of these and others, events that the shards' own lanes count, whatever folds do. */
  leastOfShards: number
  /** Events of it, each time that one is there: no row counts more. */
  mostEvents: number
}

/**
 * Traces rows back to their events in an hour of history. A row may differ by an event that is not
 * settled, or by a settled one that counts no more, since one that is not goes before it under the
 * same id; where another that is settled goes before it too, it never counted. Holds the hour's
 * event ids in memory. Reads events one by one, by the reference decoder: only where rows differ is
 * there anything to trace. Throws StorageTrouble.
 */
export async function traceRows(
  { definition, stores, checkTime }: VerifyContext,
  hourMs: number,
  rowIds: Iterable<string>,
  unsettledOf: (cut: BatchCut, event: DecodedEvent) => Unsettled | undefined,
): Promise<ReadonlyMap<string, TracedRow>> {
  const rows = new Map<string, TracedRow>()
  for (const id of rowIds) {
    rows.set(id, { unsettled: undefined, leastEvents: 0, leastOfShards: 0, mostEvents: 0 })
  }
  const firstUnsettled = new Map<string, Unsettled>()
  const settled = new IdSet()
  for await (const { cut, event } of eventsOf(definition, stores.history.read(hourMs), checkTime)) {
    const isFirstSettled = !settled.has(event.id)
    const goesBefore = firstUnsettled.get(event.id)
    const unsettled = unsettledOf(cut, event)
    if (unsettled === undefined) {
      if (isFirstSettled) settled.add(event.id)
    } else if (goesBefore === undefined) {
      firstUnsettled.set(event.id, unsettled)
    }
    const isNewSettled = unsettled === undefined && isFirstSettled
    const why = unsettled ?? (isFirstSettled ? goesBefore : undefined)
    for (const id of rowIdsOf(definition, event)) {
      const row = rows.get(id)
      if (row === undefined) continue
      row.unsettled ??= why
      row.mostEvents++
      if (isNewSettled && goesBefore === undefined) row.leastEvents++
      // No shard's lane need hold what was redriven, whose lanes are read before those of shards.
      if (isNewSettled && !isRedriven(cut)) row.leastOfShards++
    }
  }
  return rows
}

async function* eventsOf(
  definition: Definition,
  chunks: AsyncIterable<HistoryChunk>,
  checkTime: (() => void) | undefined,
): AsyncGenerator<{ readonly cut: BatchCut; readonly event: DecodedEvent }> {
  for await (const { cut, lines } of chunks) {
    checkTime?.()
    for (const line of lines) {
      const event = decodeEvent(definition, line)
      if (!(event instanceof Reject)) yield { cut, event }
    }
  }
}

/**
 * Whether a minute row may count as many events as it does; where they are not counted, whether it
 * may be there, or not. `isDue` tells that a fold makes it exact which has not been yet.
 */
export function isPossible(
  {
    aggregation,
    minutes,
    hasCorrection,
  }: Pick<BothSides, 'aggregation' | 'minutes' | 'hasCorrection'>,
  { leastEvents, leastOfShards, mostEvents }: TracedRow,
  isDue: boolean,
): boolean {
  const least = Math.max(isDue ? 0 : leastEvents, hasCorrection ? 0 : leastOfShards)
  if (minutes === undefined) return least === 0
  const events = countedEvents(aggregation, minutes)
  if (events === undefined) return mostEvents > 0
  return least <= events && events <= mostEvents
}
