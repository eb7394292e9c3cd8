import type { Context } from 'aws-lambda'
import { bucketCount } from '../contract/defaults.ts'
import { rollupVariables, sharedVariables } from '../contract/environment.ts'
import { createCalendar, type Definition } from '../core/index.ts'
import { createClients } from '../deployment/clients.ts'
import { settingsFor } from '../deployment/deployment.ts'
import { readEnvironment } from '../deployment/environment.ts'
import { connect } from '../deployment/seams.ts'
import { createStores } from '../deployment/stores.ts'
import { createLog, describeError } from '../log/log.ts'
import { parseRequest } from '../rollup/request.ts'
import { answerRequest, type RequestContext } from './answer-request.ts'
import type { FunctionProcess } from './function-process.ts'

export type RollupHandler = (
  event: unknown,
  invocation: Pick<Context, 'getRemainingTimeInMillis'>,
) => Promise<unknown>

/**
 * Answers a request within its invocation's time: a run, a verify, or a backfill's plan or unit.
 * Throws BadEnvironment, UnknownTimeZone.
 */
export function createRollupHandler(
  definition: Definition,
  process: FunctionProcess,
): RollupHandler {
  const { nowMs, random, newToken } = process
  const deployment = readEnvironment(sharedVariables, process.environment)
  const rollupSettings = readEnvironment(rollupVariables, process.environment)
  const settings = settingsFor(definition, deployment)
  const stores = createStores(connect(createClients(deployment), deployment, random), {
    ...process,
    ...deployment,
    bucketCount,
  })
  const context: RequestContext = {
    definition,
    calendar: createCalendar(settings.timeZone),
    stores,
    keyRanges: settings.keyRanges,
    ...rollupSettings,
    nowMs,
    newToken,
    log: createLog({ ...process, stackName: deployment.stackName }),
  }
  return async (event, invocation) => {
    try {
      const request = parseRequest(event)
      await stores.settings.agree(settings)
      await stores.retention.load()
      const deadlineMs = nowMs() + invocation.getRemainingTimeInMillis()
      return await answerRequest(context, request, deadlineMs)
    } catch (error) {
      context.log('error', 'not rolled up', { error: describeError(error) })
      throw error
    }
  }
}
