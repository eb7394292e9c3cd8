import { dayMs, hourStart, Reject } from '../core/index.ts'
import type { BatchCut } from '../records/history.ts'
import { decodeRejected, type RejectLine, rejectsCut } from '../records/rejects.ts'
import { UnexpectedContent } from '../store/unexpected-content.ts'
import type { VerifyContext } from './verify-context.ts'
import { overlap, WaitingRecords } from './waiting-records.ts'

/** The records of one batch arrive within this time, after the first that gave its object a day. */
const maxBatchSpanMs = dayMs

/**
 * Events of an hour that are in `cuts` of its history and still lie among the rejects, where the
 * definition of today takes them: a redrive that was cut short has put them back, or their batch
 * met two definitions. Throws StorageTrouble.
 */
export async function rejectedRecords(
  context: VerifyContext,
  hourMs: number,
  cuts: readonly BatchCut[],
): Promise<WaitingRecords> {
  const { definition, stores } = context
  const records = new WaitingRecords(definition)
  // No event that is taken is dated further ahead of its arrival.
  const earliestMs = Math.max(0, hourMs - definition.maxAheadMs - maxBatchSpanMs)
  for await (const objectKey of stores.rejects.listFrom(earliestMs)) {
    context.checkTime?.()
    for (const line of await readLines(context, objectKey, cuts)) {
      const event = decodeRejected(definition, line)
      if (event instanceof Reject || hourStart(event.timeMs) !== hourMs) continue
      records.add(line, event)
    }
  }
  return records
}

/** The lines of an object of records that are in a cut; none of one that is no object of rejects. */
async function readLines(
  { stores }: VerifyContext,
  objectKey: string,
  cuts: readonly BatchCut[],
): Promise<RejectLine[]> {
  try {
    const rejected = rejectsCut(objectKey)
    if (!cuts.some((cut) => overlap(cut, rejected))) return []
    return await Array.fromAsync(stores.rejects.read(objectKey))
  } catch (error) {
    if (!(error instanceof UnexpectedContent)) throw error
    return []
  }
}
