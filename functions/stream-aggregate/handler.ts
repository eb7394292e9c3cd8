import type { KinesisStreamBatchResponse, KinesisStreamEvent } from 'aws-lambda'
import { createClients } from '../../lib/aws/clients.ts'
import { bucketCount, readDeployment, settingsFor } from '../../lib/aws/deployment.ts'
import { readKinesisBatch } from '../../lib/aws/kinesis-batch.ts'
import { minuteRowSettings } from '../../lib/aws/ledger/settings.ts'
import { createLog, describeError, type Metrics } from '../../lib/aws/log.ts'
import { StorageTrouble } from '../../lib/aws/storage-trouble.ts'
import { createStreamStores } from '../../lib/aws/stores.ts'
import pipeline from '../../pipeline.config.ts'
import { applyBatch, type BatchSummary } from './apply-batch.ts'

const deployment = readDeployment(process.env)
const stores = createStreamStores({
  ...createClients(deployment),
  ...deployment,
  bucketCount,
  nowMs: Date.now,
  random: Math.random,
})
const log = createLog({
  write: (line) => process.stdout.write(line),
  nowMs: Date.now,
  stackName: process.env.STACK_NAME,
})

let settingsAgreed = false

/** One batch of one shard; on infrastructure trouble all of it is asked for again. */
export async function handler(event: KinesisStreamEvent): Promise<KinesisStreamBatchResponse> {
  const batch = readKinesisBatch(event)
  const { shard, firstSequenceNumber, lastSequenceNumber } = batch
  const where = { shard, firstSequenceNumber, lastSequenceNumber }
  try {
    if (!settingsAgreed) {
      await stores.settings.agree(settingsFor(pipeline, deployment), minuteRowSettings)
      settingsAgreed = true
    }
    const summary = await applyBatch(pipeline, stores, batch, Date.now())
    log('info', 'batch applied', { ...where, ...summary }, metricsOf(summary))
    return { batchItemFailures: [] }
  } catch (error) {
    const fields = { ...where, error: describeError(error) }
    log('error', 'batch not applied', fields, { BatchesFailed: 1 })
    if (error instanceof StorageTrouble) {
      return { batchItemFailures: [{ itemIdentifier: firstSequenceNumber }] }
    }
    throw error
  }
}

function metricsOf(summary: BatchSummary): Metrics {
  return {
    Events: summary.events,
    Rejects: summary.rejected,
    MinuteRowsWritten: summary.writtenRows,
    ConditionFailures: summary.refusedPuts,
  }
}
