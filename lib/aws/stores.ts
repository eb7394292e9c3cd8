import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { S3Client } from '@aws-sdk/client-s3'
import { createDynamoDbTable } from './dynamodb-table.ts'
import { ExactlyOnceMinutes } from './exactly-once-minutes.ts'
import { createHistory } from './history.ts'
import { createChangedUnits } from './ledger/changed-units.ts'
import { createLease } from './ledger/lease.ts'
import { createPartRegistry } from './ledger/part-registry.ts'
import { createRollupRuns } from './ledger/rollup-runs.ts'
import { createSettingsStore } from './ledger/settings.ts'
import { createShardProgressStore } from './ledger/shard-progress.ts'
import { createMinuteRows } from './minute-rows.ts'
import { createParts } from './parts.ts'
import { createRejects } from './rejects.ts'
import { createRollupRows } from './rollup-rows.ts'
import { createS3Objects } from './s3-objects.ts'

export interface StoreOptions {
  readonly dynamoDb: DynamoDBClient
  readonly s3: S3Client
  readonly names: StoreNames
  readonly bucketCount: number
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

/** Every store of a deployment, on its clients. Making them sends nothing. */
export function createStores(options: StoreOptions) {
  const { dynamoDb, s3, names, bucketCount, minuteRetentionMs, nowMs, random } = options
  const tableNamed = (tableName: string) =>
    createDynamoDbTable({ client: dynamoDb, tableName, sleep, random })
  const objects = createS3Objects(s3, names.bucket)
  const minutesTable = tableNamed(names.minutesTable)
  const ledger = tableNamed(names.ledgerTable)
  const minutes = { table: minutesTable, bucketCount, nowMs, retentionMs: minuteRetentionMs }
  return {
    objects,
    history: createHistory(objects),
    rejects: createRejects(objects),
    parts: createParts(objects),
    minutes: createMinuteRows(minutes),
    exactlyOnceMinutes: new ExactlyOnceMinutes({
      ...minutes,
      concurrency: rowsUnderWay,
      maxRememberedRows,
    }),
    rollups: createRollupRows(tableNamed(names.rollupsTable)),
    changed: createChangedUnits(ledger, randomUUID),
    lease: createLease(ledger),
    progress: createShardProgressStore(ledger),
    registry: createPartRegistry(ledger),
    runs: createRollupRuns(ledger),
    settings: createSettingsStore(ledger),
  }
}
