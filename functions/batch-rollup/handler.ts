import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from 'aws-lambda'
import { createClients } from '../../lib/aws/clients.ts'
import { bucketCount, readDeployment, settingsFor } from '../../lib/aws/deployment.ts'
import { createDynamoDbTable } from '../../lib/aws/dynamodb-table.ts'
import { requiredText, wholeNumber } from '../../lib/aws/environment.ts'
import { createHistory } from '../../lib/aws/history.ts'
import { createChangedUnits } from '../../lib/aws/ledger/changed-units.ts'
import { createLease } from '../../lib/aws/ledger/lease.ts'
import { createPartRegistry } from '../../lib/aws/ledger/part-registry.ts'
import { createRollupRuns } from '../../lib/aws/ledger/rollup-runs.ts'
import { createSettingsStore } from '../../lib/aws/ledger/settings.ts'
import { createLog, describeError } from '../../lib/aws/log.ts'
import { createMinuteRows } from '../../lib/aws/minute-rows.ts'
import { createParts } from '../../lib/aws/parts.ts'
import { createRollupRows } from '../../lib/aws/rollup-rows.ts'
import { createS3Objects } from '../../lib/aws/s3-objects.ts'
import { createCalendar } from '../../lib/core/index.ts'
import pipeline from '../../pipeline.config.ts'
import { type RollupResult, rollUp } from './roll-up.ts'
import type { RollupStores } from './rollup-context.ts'

const deployment = readDeployment(process.env)
const graceMs = wholeNumber(process.env, 'HOUR_GRACE_MS', 300_000, 0)
const openPeriodEveryMs = wholeNumber(process.env, 'OPEN_PERIOD_EVERY_MS', 3_600_000, 0)

const { dynamoDb, s3 } = createClients(deployment)
const objects = createS3Objects(s3, deployment.bucket)
const tableNamed = (tableName: string) =>
  createDynamoDbTable({ client: dynamoDb, tableName, sleep, random: Math.random })
const ledger = tableNamed(deployment.ledgerTable)
const settings = settingsFor(pipeline, deployment)
const calendar = createCalendar(settings.timeZone)
const log = createLog((line) => process.stdout.write(line))

const stores: RollupStores = {
  history: createHistory(objects),
  minutes: createMinuteRows({
    table: tableNamed(deployment.minutesTable),
    bucketCount,
    nowMs: Date.now,
    retentionMs: deployment.minuteRetentionMs,
  }),
  parts: createParts(objects),
  rollups: createRollupRows(tableNamed(requiredText(process.env, 'ROLLUPS_TABLE'))),
  changed: createChangedUnits(ledger, randomUUID),
  registry: createPartRegistry(ledger),
  lease: createLease(ledger),
  runs: createRollupRuns(ledger),
}

/** What the schedule sends is empty; a person may send `{ "takeOver": true }`. */
export interface RollupRequest {
  /** No earlier run is alive: its lease is taken, and its unfinished work is done again. */
  readonly takeOver?: boolean
}

/** One run of the rollup, within this invocation's time. */
export async function handler(request: RollupRequest, context: Context): Promise<RollupResult> {
  try {
    await createSettingsStore(ledger).agree(settings)
    const result = await rollUp({
      pipeline,
      calendar,
      stores,
      keyRanges: settings.keyRanges,
      graceMs,
      openPeriodEveryMs,
      runId: context.awsRequestId,
      nowMs: Date.now,
      deadlineMs: Date.now() + context.getRemainingTimeInMillis(),
      takeOver: request.takeOver === true,
      newToken: randomUUID,
    })
    log('info', 'rolled up', { ...result })
    return result
  } catch (error) {
    log('error', 'not rolled up', { error: describeError(error) })
    throw error
  }
}
