import { randomUUID } from 'node:crypto'
import type { Context } from 'aws-lambda'
import { createClients } from '../../lib/aws/clients.ts'
import {
  bucketCount,
  defaultGraceMs,
  readDeployment,
  settingsFor,
} from '../../lib/aws/deployment.ts'
import { wholeNumber } from '../../lib/aws/environment.ts'
import { createLog, describeError } from '../../lib/aws/log.ts'
import { createStores } from '../../lib/aws/stores.ts'
import { createCalendar } from '../../lib/core/index.ts'
import pipeline from '../../pipeline.config.ts'
import { type RollupResult, rollUp } from './roll-up.ts'

const defaultOpenPeriodEveryMs = 3_600_000

const deployment = readDeployment(process.env)
const graceMs = wholeNumber(process.env, 'HOUR_GRACE_MS', defaultGraceMs, 0)
const openPeriodEveryMs = wholeNumber(
  process.env,
  'OPEN_PERIOD_EVERY_MS',
  defaultOpenPeriodEveryMs,
  0,
)
const settings = settingsFor(pipeline, deployment)
const calendar = createCalendar(settings.timeZone)
const stores = createStores({
  ...createClients(deployment),
  ...deployment,
  bucketCount,
  nowMs: Date.now,
  random: Math.random,
})
const log = createLog((line) => process.stdout.write(line))

/** What the schedule sends is empty; a person may send `{ "takeOver": true }`. */
export interface RollupRequest {
  /** No earlier run is alive: its lease is taken, and its unfinished work is done again. */
  readonly takeOver?: boolean
}

/** One run of the rollup, within this invocation's time. */
export async function handler(request: RollupRequest, context: Context): Promise<RollupResult> {
  try {
    await stores.settings.agree(settings)
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
