import type { KinesisStreamBatchResponse, KinesisStreamEvent } from 'aws-lambda'
import type { BatchFigures } from '../contract/figures.ts'
import { metricsOf } from '../contract/metrics.ts'
import type { Definition } from '../core/index.ts'
import { describeError, type Log } from '../log/log.ts'
import { type KinesisBatch, readKinesisBatch } from '../records/kinesis-batch.ts'
import { StorageTrouble } from '../store/storage-trouble.ts'
import { applyBatch, type BatchSummary, type StreamStores } from './apply-batch.ts'

/** What every batch of one process is answered with. */
export interface StreamContext {
  readonly definition: Definition
  readonly stores: StreamStores
  /** Throws where the stored rows were made with other settings than these. */
  readonly agreeOnSettings: () => Promise<void>
  readonly log: Log
  readonly nowMs: () => number
}

/**
 * Applies one batch of one shard, and logs what came of it. On infrastructure trouble all of the
 * batch is asked for again; anything else that goes wrong is thrown.
 */
export async function answerBatch(
  context: StreamContext,
  event: KinesisStreamEvent,
): Promise<KinesisStreamBatchResponse> {
  const { definition, stores, log, nowMs } = context
  let batch: KinesisBatch | undefined
  try {
    batch = readKinesisBatch(event)
    await context.agreeOnSettings()
    const summary = await applyBatch(definition, stores, batch, nowMs())
    const metrics = metricsOf(appliedFigures(summary))
    log('info', 'batch applied', { ...placeOf(batch), ...summary }, metrics)
    return { batchItemFailures: [] }
  } catch (error) {
    const where = batch && placeOf(batch)
    const fields = { ...where, error: describeError(error) }
    log('error', 'batch not applied', fields, metricsOf({ batchesFailed: 1 }))
    if (where !== undefined && error instanceof StorageTrouble) {
      return { batchItemFailures: [{ itemIdentifier: where.firstSequenceNumber }] }
    }
    throw error
  }
}

function placeOf({ shard, firstSequenceNumber, lastSequenceNumber }: KinesisBatch) {
  return { shard, firstSequenceNumber, lastSequenceNumber }
}

function appliedFigures({
  events,
  rejects,
  minuteRowsWritten,
  conditionFailures,
}: BatchSummary): Omit<BatchFigures, 'batchesFailed'> {
  return { events, rejects, minuteRowsWritten, conditionFailures }
}
