import type { BatchCut } from '../aws/history.ts'
import {
  type Aggregation,
  type DecodedEvent,
  decodeEvent,
  Reject,
  type State,
} from '../core/index.ts'
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
  /** Events of it, each time that one is there: no row counts more. */
  mostEvents: number
}

/**
 * Traces rows back to their events in an hour of history. A row may differ by an event that is not
 * settled, or by a settled one that counts no more, since one that is not goes before it under the
 * same id; where another that is settled goes before it too, it never counted. Holds the hour's
 * event ids in memory. Throws StorageTrouble.
 */
export async function traceRows(
  { pipeline, stores }: VerifyContext,
  hourMs: number,
  rowIds: Iterable<string>,
  unsettledOf: (cut: BatchCut, event: DecodedEvent) => Unsettled | undefined,
): Promise<ReadonlyMap<string, TracedRow>> {
  const rows = new Map<string, TracedRow>()
  for (const id of rowIds) rows.set(id, { unsettled: undefined, leastEvents: 0, mostEvents: 0 })
  const firstUnsettled = new Map<string, Unsettled>()
  const settled = new Set<string>()
  for await (const { cut, data } of stores.history.read(hourMs)) {
    const event = decodeEvent(pipeline, data)
    if (event instanceof Reject) continue
    const isFirstSettled = !settled.has(event.id)
    const goesBefore = firstUnsettled.get(event.id)
    const unsettled = unsettledOf(cut, event)
    if (unsettled === undefined) settled.add(event.id)
    else if (goesBefore === undefined) firstUnsettled.set(event.id, unsettled)
    const counts = unsettled === undefined && isFirstSettled && goesBefore === undefined
    const why = unsettled ?? (isFirstSettled ? goesBefore : undefined)
    for (const id of rowIdsOf(pipeline, event)) {
      const row = rows.get(id)
      if (row === undefined) continue
      row.unsettled ??= why
      row.mostEvents++
      if (counts) row.leastEvents++
    }
  }
  return rows
}

/** Whether a minute row may count as many events as it does; where they are not counted, any. */
export function isWithinBounds(
  { measures }: Aggregation,
  minutes: State | undefined,
  { leastEvents, mostEvents }: TracedRow,
): boolean {
  if (minutes === undefined) return leastEvents === 0
  const at = measures.findIndex(({ kind }) => kind === 'count')
  if (at < 0) return mostEvents > 0
  const events = BigInt(measures[at]?.measure.present(minutes[at]) ?? 0)
  return leastEvents <= events && events <= mostEvents
}
