import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { S3Client } from '@aws-sdk/client-s3'
import { createChangedUnits } from '../ledger/changed-units.ts'
import { createMinuteRetention, type MinuteRetention } from '../ledger/minute-retention.ts'
import { createSettingsStore } from '../ledger/settings.ts'
import { createShardProgressStore } from '../ledger/shard-progress.ts'
import { createFailedBatches } from '../records/failed-batches.ts'
import { createHistory, createHistoryWriter } from '../records/history.ts'
import { createRejects, createRejectWriter } from '../records/rejects.ts'
import { createBacklog } from '../rollup/backlog.ts'
import { createLease } from '../rollup/lease.ts'
import { createPartRegistry } from '../rollup/part-registry.ts'
import { createParts } from '../rollup/parts.ts'
import { createRefusedLines } from '../rollup/refused-lines.ts'
import { createRollupRuns } from '../rollup/rollup-runs.ts'
import { createUnfinishedFolds } from '../rollup/unfinished-folds.ts'
import { ExactlyOnceMinutes } from '../rows/exactly-once-minutes.ts'
import { createMinuteRows } from '../rows/minute-rows.ts'
import { createRollupRows } from '../rows/rollup-rows.ts'
import { createDynamoDbTable } from '../store/dynamodb/dynamodb-table.ts'
import { createS3Objects, createS3Writer } from '../store/s3/s3-objects.ts'
import type { Table } from '../store/table.ts'

export interface StoreOptions {
  readonly dynamoDb: DynamoDBClient
  readonly s3: S3Client
  readonly names: StoreNames
  readonly bucketCount: number
  /** As configured; the ledger has what holds, which is to be read before minute rows are. */
  readonly minuteRetentionMs: number
  readonly nowMs: () => number
  /** A number from 0 up to 1, for jitter. */
  readonly random: () => number
}

/** What the tables and the bucket of a deployment are called. */
export interface StoreNames {
  readonly minutesTable: string
  readonly rollupsTable: string
  readonly ledgerTable: string
  readonly bucket: string
}

export type Stores = ReturnType<typeof createStores>

const rowsUnderWay = 64
const maxRememberedRows = 50_000

/** The stores that stream-aggregate writes to. Making them sends nothing; first agree on `retention`. */
export function createStreamStores(options: StoreOptions) {
  const { s3, names } = options
  const writer = createS3Writer(s3, names.bucket)
  const ledger = tableNamed(options, names.ledgerTable)
  const retention = createMinuteRetention(ledger, options.minuteRetentionMs)
  return {
    history: createHistoryWriter(writer),
    rejects: createRejectWriter(writer),
    exactlyOnceMinutes: new ExactlyOnceMinutes({
      ...minutesOf(options, retention),
      concurrency: rowsUnderWay,
      maxRememberedRows,
    }),
    changed: createChangedUnits(ledger, randomUUID),
    progress: createShardProgressStore(ledger),
    settings: createSettingsStore(ledger),
    retention,
  }
}

/** The stores of the rollup and of readers. Making them sends nothing; first load `retention`. */
export function createStores(options: StoreOptions) {
  const { s3, names } = options
  const objects = createS3Objects(s3, names.bucket)
  const ledger = tableNamed(options, names.ledgerTable)
  const retention = createMinuteRetention(ledger, options.minuteRetentionMs)
  return {
    objects,
    history: createHistory(objects),
    rejects: createRejects(objects),
    parts: createParts(objects),
    minutes: createMinuteRows(minutesOf(options, retention)),
    rollups: createRollupRows(tableNamed(options, names.rollupsTable)),
    changed: createChangedUnits(ledger, randomUUID),
    unfinished: createUnfinishedFolds(ledger),
    lease: createLease(ledger),
    backlog: createBacklog(ledger),
    progress: createShardProgressStore(ledger),
    failedBatches: createFailedBatches(objects),
    registry: createPartRegistry(ledger),
    refusedLines: createRefusedLines(ledger, randomUUID),
    runs: createRollupRuns(ledger),
    settings: createSettingsStore(ledger),
    retention,
  }
}

function tableNamed({ dynamoDb, random }: StoreOptions, tableName: string): Table {
  return createDynamoDbTable({ client: dynamoDb, tableName, sleep, random })
}

function minutesOf(options: StoreOptions, { expiryMs }: MinuteRetention) {
  const { names, bucketCount, nowMs } = options
  return { table: tableNamed(options, names.minutesTable), bucketCount, nowMs, expiryMs }
}
