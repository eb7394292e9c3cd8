import type { BatchCut } from '../aws/history.ts'
import { type DecodedEvent, decodeEvent, Reject } from '../core/index.ts'
import { rowIdsOf } from './row-id.ts'
import type { VerifyContext } from './verify-context.ts'

/** Why minute rows need not show an event of history yet, or show it only in part. */
export type Unsettled = 'given-up' | 'in-flight' | 'rejected'

/**
 * The rows of an hour that differ, or may, by events that are not settled: those that such an event
 * counts in, and those of a settled event that counts no more in history, since one that is not
 * settled goes before it under the same id. Where another that is settled goes before it too, it
 * never counted. Holds the hour's event ids in memory. Throws StorageTrouble.
 */
export async function traceRows(
  { pipeline, stores }: VerifyContext,
  hourMs: number,
  unsettledOf: (cut: BatchCut, event: DecodedEvent) => Unsettled | undefined,
): Promise<ReadonlyMap<string, Unsettled>> {
  const rows = new Map<string, Unsettled>()
  const firstUnsettled = new Map<string, Unsettled>()
  const settled = new Set<string>()
  for await (const { cut, data } of stores.history.read(hourMs)) {
    const event = decodeEvent(pipeline, data)
    if (event instanceof Reject) continue
    let why = unsettledOf(cut, event)
    if (why === undefined) {
      if (settled.has(event.id)) continue
      settled.add(event.id)
      why = firstUnsettled.get(event.id)
      if (why === undefined) continue
    } else if (!firstUnsettled.has(event.id)) {
      firstUnsettled.set(event.id, why)
    }
    for (const id of rowIdsOf(pipeline, event)) if (!rows.has(id)) rows.set(id, why)
  }
  return rows
}
