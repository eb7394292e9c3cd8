import { hourUnits } from '../ledger/unit.ts'
import { redrivenLane } from '../records/history.ts'
import { eachUnderWay } from './each-under-way.ts'
import type { RedriveStores } from './redrive-options.ts'

/** A record that is taken for an event now. */
export interface TakenRecord {
  readonly sequenceNumber: string
  /** The UTC hour (epoch ms) of its event time. */
  readonly hourMs: number
  readonly data: Uint8Array
}

const hoursUnderWay = 4

/**
 * Puts records of one shard into history under a lane of their own, then marks their hours. No
 * minute row is written: nobody can tell which rows hold these events already, so the fold of the
 * hour, which takes each event id once, corrects their minutes. May be repeated in
 * whatever company: the same records make the same objects, and others stand beside them.
 */
export async function putBack(
  { history, changed }: Pick<RedriveStores, 'history' | 'changed'>,
  shard: string,
  records: readonly TakenRecord[],
  nowMs: number,
): Promise<void> {
  const byHour = Map.groupBy(records, ({ hourMs }) => hourMs)
  await eachUnderWay(byHour, hoursUnderWay, async ([hourMs, some]) => {
    const lines = some.map(({ data }) => data)
    const cut = {
      lane: redrivenLane(shard),
      firstSequenceNumber: some[0]?.sequenceNumber ?? '',
      lastSequenceNumber: some.at(-1)?.sequenceNumber ?? '',
    }
    await history.append(cut, hourMs, lines)
  })
  await changed.mark(hourUnits(byHour.keys()), nowMs)
}
