import pMap from 'p-map'
import type { BatchFigures } from '../contract/figures.ts'
import { decodeEvent, Fold, hourStart, type Pipeline, Reject } from '../core/index.ts'
import type { ChangedUnits } from '../ledger/changed-units.ts'
import type { ShardProgressStore } from '../ledger/shard-progress.ts'
import type { BatchCut, HistoryWriter } from '../records/history.ts'
import type { KinesisBatch } from '../records/kinesis-batch.ts'
import type { RejectedRecord, RejectWriter } from '../records/rejects.ts'
import type { ExactlyOnceMinutes, SequencedEvent } from '../rows/exactly-once-minutes.ts'

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

interface FoldedBatch {
  readonly fold: Fold
  readonly events: readonly SequencedEvent[]
  readonly eventsByHour: ReadonlyMap<number, readonly Uint8Array[]>
  readonly rejected: readonly RejectedRecord[]
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
  pipeline: Pipeline,
  stores: StreamStores,
  batch: KinesisBatch,
  nowMs: number,
): Promise<BatchSummary> {
  const { fold, events, eventsByHour, rejected } = foldBatch(pipeline, batch)
  const { shard, firstSequenceNumber, lastSequenceNumber, arrivedMs } = batch
  const cut: BatchCut = { lane: shard, firstSequenceNumber, lastSequenceNumber }

  await stores.rejects.append(cut, rejected)
  await pMap(eventsByHour, ([hourMs, lines]) => stores.history.append(cut, hourMs, lines), {
    concurrency: historyConcurrency,
  })
  const rows = await stores.exactlyOnceMinutes.apply(shard, fold.totals(), events)
  const hours = [...eventsByHour.keys()].map((hourMs) => ({ kind: 'hour', hourMs }) as const)
  await stores.changed.mark(hours, nowMs)
  await stores.progress.note({
    shard,
    sequenceNumber: lastSequenceNumber,
    arrivedMs,
    doneMs: nowMs,
  })
  return {
    events: events.length,
    rejects: rejected.length,
    hours: hours.length,
    minuteRowsWritten: rows.written,
    unchangedRows: rows.unchanged,
    conditionFailures: rows.refused,
  }
}

/**
 * The clock that bounds how far ahead an event may be dated is the record's arrival, which is the
 * same at every delivery, so that a record is not refused once and taken another time.
 */
function foldBatch(pipeline: Pipeline, batch: KinesisBatch): FoldedBatch {
  const fold = new Fold(pipeline)
  const events: SequencedEvent[] = []
  const eventsByHour = new Map<number, Uint8Array[]>()
  const rejected: RejectedRecord[] = []
  for (const record of batch.records) {
    const event = decodeEvent(pipeline, record.data, record.arrivedMs)
    if (event instanceof Reject) {
      rejected.push({ ...record, reject: event })
      continue
    }
    fold.add(event, events.length)
    events.push({ sequenceNumber: record.sequenceNumber, values: event.values })
    const hourMs = hourStart(event.timeMs)
    const lines = eventsByHour.get(hourMs)
    if (lines === undefined) eventsByHour.set(hourMs, [record.data])
    else lines.push(record.data)
  }
  return { fold, events, eventsByHour, rejected }
}
