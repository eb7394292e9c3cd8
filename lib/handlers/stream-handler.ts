import type { KinesisStreamBatchResponse, KinesisStreamEvent } from 'aws-lambda'
import { bucketCount } from '../contract/defaults.ts'
import { sharedVariables } from '../contract/environment.ts'
import type { Definition } from '../core/index.ts'
import { createClients } from '../deployment/clients.ts'
import { settingsFor } from '../deployment/deployment.ts'
import { readEnvironment } from '../deployment/environment.ts'
import { connectStream } from '../deployment/seams.ts'
import { createStreamStores } from '../deployment/stores.ts'
import { minuteRowSettings } from '../ledger/settings.ts'
import { createLog } from '../log/log.ts'
import { answerBatch, type StreamContext } from '../stream/answer-batch.ts'
import type { FunctionProcess } from './function-process.ts'

export type StreamHandler = (event: KinesisStreamEvent) => Promise<KinesisStreamBatchResponse>

/**
 * Answers one batch of one shard; on infrastructure trouble all of it is asked for again. Throws
 * BadEnvironment, UnknownTimeZone.
 */
export function createStreamHandler(
  definition: Definition,
  process: FunctionProcess,
): StreamHandler {
  const { nowMs, random } = process
  const deployment = readEnvironment(sharedVariables, process.environment)
  const stores = createStreamStores(connectStream(createClients(deployment), deployment, random), {
    ...process,
    ...deployment,
    bucketCount,
  })
  let settingsAgreed = false
  const context: StreamContext = {
    definition,
    stores,
    async agreeOnSettings() {
      if (settingsAgreed) return
      await stores.settings.agree(settingsFor(definition, deployment), minuteRowSettings)
      await stores.retention.agree(definition.maxAheadMs, nowMs())
      settingsAgreed = true
    },
    log: createLog({ ...process, stackName: deployment.stackName }),
    nowMs,
  }
  return (event) => answerBatch(context, event)
}
