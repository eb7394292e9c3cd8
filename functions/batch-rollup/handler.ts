import { randomUUID } from 'node:crypto'
import type { Context } from 'aws-lambda'
import { createCalendar } from '../../lib/core/index.ts'
import { createClients } from '../../lib/deployment/clients.ts'
import {
  bucketCount,
  defaultGraceMs,
  readDeployment,
  settingsFor,
} from '../../lib/deployment/deployment.ts'
import { wholeNumber } from '../../lib/deployment/environment.ts'
import { createStores } from '../../lib/deployment/stores.ts'
import { createLog, describeError } from '../../lib/log/log.ts'
import { parseRequest, type RollupRequest } from '../../lib/rollup/request.ts'
import { createRollup } from '../../lib/rollup/rollup.ts'
import pipeline from '../../pipeline.config.ts'
import { answerRequest } from './answer-request.ts'

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
const log = createLog({
  write: (line) => process.stdout.write(line),
  nowMs: Date.now,
  stackName: process.env.STACK_NAME,
})

/** Answers a request within this invocation's time: a run, or a backfill's plan or unit. */
export async function handler(event: unknown, invocation: Context): Promise<unknown> {
  try {
    const request = parseRequest(event)
    await stores.settings.agree(settings)
    await stores.retention.load()
    return await answerRequest(request, contextOf(request, invocation), stores.objects, log)
  } catch (error) {
    log('error', 'not rolled up', { error: describeError(error) })
    throw error
  }
}

function contextOf(request: RollupRequest, invocation: Context) {
  return createRollup({
    pipeline,
    calendar,
    stores,
    keyRanges: settings.keyRanges,
    graceMs,
    openPeriodEveryMs,
    // Not the request's id: the same request may be delivered twice, and the lease must tell.
    runId: randomUUID(),
    nowMs: Date.now,
    deadlineMs: Date.now() + invocation.getRemainingTimeInMillis(),
    takeOver: request.kind === 'run' && request.takeOver,
    soleProcess: request.kind === 'run' && request.soleProcess,
    newToken: randomUUID,
    rewrite: request.kind === 'unit',
  })
}
