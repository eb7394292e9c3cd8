import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { KinesisStreamBatchResponse, KinesisStreamEvent } from 'aws-lambda'
import { createClients } from '../../lib/aws/clients.ts'
import { bucketCount, readDeployment, settingsFor } from '../../lib/aws/deployment.ts'
import { createDynamoDbTable } from '../../lib/aws/dynamodb-table.ts'
import { ExactlyOnceMinutes } from '../../lib/aws/exactly-once-minutes.ts'
import { createHistory } from '../../lib/aws/history.ts'
import { readKinesisBatch } from '../../lib/aws/kinesis-batch.ts'
import { createChangedUnits } from '../../lib/aws/ledger/changed-units.ts'
import { createSettingsStore } from '../../lib/aws/ledger/settings.ts'
import { createShardProgressStore } from '../../lib/aws/ledger/shard-progress.ts'
import { createLog, describeError } from '../../lib/aws/log.ts'
import { createRejects } from '../../lib/aws/rejects.ts'
import { createS3Objects } from '../../lib/aws/s3-objects.ts'
import { StorageTrouble } from '../../lib/aws/storage-trouble.ts'
import pipeline from '../../pipeline.config.ts'
import { applyBatch, type StreamStores } from './apply-batch.ts'

const rowsUnderWay = 64
const maxRememberedRows = 50_000

const deployment = readDeployment(process.env)
const { dynamoDb, s3 } = createClients(deployment)
const objects = createS3Objects(s3, deployment.bucket)
const tableNamed = (tableName: string) =>
  createDynamoDbTable({ client: dynamoDb, tableName, sleep, random: Math.random })
const ledger = tableNamed(deployment.ledgerTable)
const settings = createSettingsStore(ledger)
const log = createLog((line) => process.stdout.write(line))

const stores: StreamStores = {
  history: createHistory(objects),
  rejects: createRejects(objects),
  minutes: new ExactlyOnceMinutes({
    table: tableNamed(deployment.minutesTable),
    bucketCount,
    nowMs: Date.now,
    retentionMs: deployment.minuteRetentionMs,
    concurrency: rowsUnderWay,
    maxRememberedRows,
  }),
  changed: createChangedUnits(ledger, randomUUID),
  progress: createShardProgressStore(ledger),
}

let settingsAgreed = false

/** One batch of one shard; on infrastructure trouble all of it is asked for again. */
export async function handler(event: KinesisStreamEvent): Promise<KinesisStreamBatchResponse> {
  const batch = readKinesisBatch(event)
  const { shard, firstSequenceNumber, lastSequenceNumber } = batch
  const where = { shard, firstSequenceNumber, lastSequenceNumber }
  try {
    if (!settingsAgreed) {
      await settings.agree(settingsFor(pipeline, deployment))
      settingsAgreed = true
    }
    const summary = await applyBatch(pipeline, stores, batch, Date.now())
    log('info', 'batch applied', { ...where, ...summary })
    return { batchItemFailures: [] }
  } catch (error) {
    log('error', 'batch not applied', { ...where, error: describeError(error) })
    if (error instanceof StorageTrouble) {
      return { batchItemFailures: [{ itemIdentifier: firstSequenceNumber }] }
    }
    throw error
  }
}
