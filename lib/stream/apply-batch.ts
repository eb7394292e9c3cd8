import pMap from 'p-map'
import type { BatchFigures } from '../contract/figures.ts'
import type { Definition } from '../core/index.ts'
import type { ChangedUnits } from '../ledger/changed-units.ts'
import type { ShardProgressStore } from '../ledger/shard-progress.ts'
import { hourUnits } from '../ledger/unit.ts'
import type { BatchCut, HistoryWriter } from '../records/history.ts'
import { decodeRecords, type KinesisBatch } from '../records/kinesis-batch.ts'
import type { RejectedRecord, RejectWriter } from '../records/rejects.ts'
import type { ExactlyOnceMinutes } from '../rows/exactly-once-minutes.ts'
import { linesByHour } from './lines-by-hour.ts'

export interface StreamStores {
  readonly history: HistoryWriter
  readonly rejects: RejectWriter
  readonly exactlyOnceMinutes: ExactlyOnceMinutes
  readonly changed: ChangedUnits
  readonly progress: ShardProgressStore
}

/** What came of a batch that was applied. */
export interface BatchSummary extends Omit<BatchFigures, 'batchesFailed'> {
  readonly hours: number
  readonly unchangedRows: number
}

/** History objects put at the same time. */
const historyConcurrency = 16

/**
 * Takes one batch of one shard into history, minute rows and ledger, in this order: history then
 * always holds at least what the rows hold, and an hour is marked as changed only once what changed
 * it can be read. Every step may be repeated. Throws StorageTrouble, or an Error where others keep
 * changing one of the shard's rows; then the batch is to be delivered again.
 */
export async function applyBatch(
  definition: Definition,
  stores: StreamStores,
  batch: KinesisBatch,
  nowMs: number,
): Promise<BatchSummary> {
  const { shard, firstSequenceNumber, lastSequenceNumber, arrivedMs, records } = batch
  const decoded = decodeRecords(definition, records)
  const eventsByHour = linesByHour(records.lines, decoded.hours)
  const rejected: RejectedRecord[] = [...decoded.rejects].map(([line, reject]) => {
    return { ...records.at(line), reject }
  })
  const cut: BatchCut = { lane: shard, firstSequenceNumber, lastSequenceNumber }

  await stores.rejects.append(cut, rejected)
  await pMap(eventsByHour, ([hourMs, lines]) => stores.history.append(cut, hourMs, lines), {
    concurrency: historyConcurrency,
  })
  const rows = await stores.exactlyOnceMinutes.apply(shard, decoded, records.sequenceNumbers)
  await stores.changed.mark(hourUnits(eventsByHour.keys()), nowMs)
  await stores.progress.note({
    shard,
    sequenceNumber: lastSequenceNumber,
    arrivedMs,
    doneMs: nowMs,
  })
  return {
    events: decoded.events,
    rejects: rejected.length,
    hours: eventsByHour.size,
    minuteRowsWritten: rows.written,
    unchangedRows: rows.unchanged,
    conditionFailures: rows.refused,
  }
}
