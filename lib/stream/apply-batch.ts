import pMap from 'p-map'
import type { BatchFigures } from '../contract/figures.ts'
import type { DecodedBatch, Definition } from '../core/index.ts'
import type { ChangedUnits } from '../ledger/changed-units.ts'
import type { ShardProgressStore } from '../ledger/shard-progress.ts'
import { hourUnits } from '../ledger/unit.ts'
import type { BatchCut, HistoryWriter } from '../records/history.ts'
import { decodeRecords, type KinesisBatch, type StreamRecord } from '../records/kinesis-batch.ts'
import type { RejectedRecord, RejectWriter } from '../records/rejects.ts'
import type { ExactlyOnceMinutes } from '../rows/exactly-once-minutes.ts'

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
  const decoded = decodeRecords(definition, batch.records)
  const eventsByHour = linesByHour(batch, decoded)
  const rejected = rejectedRecords(batch, decoded)
  const { shard, firstSequenceNumber, lastSequenceNumber, arrivedMs } = batch
  const cut: BatchCut = { lane: shard, firstSequenceNumber, lastSequenceNumber }

  await stores.rejects.append(cut, rejected)
  await pMap(eventsByHour, ([hourMs, lines]) => stores.history.append(cut, hourMs, lines), {
    concurrency: historyConcurrency,
  })
  const sequenceNumbers = batch.records.map(({ sequenceNumber }) => sequenceNumber)
  const rows = await stores.exactlyOnceMinutes.apply(shard, decoded, sequenceNumbers)
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

function linesByHour(
  { records }: KinesisBatch,
  { hours }: DecodedBatch,
): ReadonlyMap<number, readonly Uint8Array[]> {
  const byHour = new Map<number, Uint8Array[]>()
  for (const [line, { data }] of records.entries()) {
    const hourMs = hours[line] as number
    if (Number.isNaN(hourMs)) continue
    const lines = byHour.get(hourMs)
    if (lines === undefined) byHour.set(hourMs, [data])
    else lines.push(data)
  }
  return byHour
}

function rejectedRecords({ records }: KinesisBatch, { rejects }: DecodedBatch): RejectedRecord[] {
  return [...rejects].map(([line, reject]) => ({ ...(records[line] as StreamRecord), reject }))
}
