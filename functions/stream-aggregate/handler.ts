import type { KinesisStreamBatchResponse, KinesisStreamEvent } from 'aws-lambda'
import { createClients } from '../../lib/aws/clients.ts'
import { bucketCount, readDeployment, settingsFor } from '../../lib/aws/deployment.ts'
import { minuteRowSettings } from '../../lib/aws/ledger/settings.ts'
import { createLog } from '../../lib/aws/log.ts'
import { createStreamStores } from '../../lib/aws/stores.ts'
import pipeline from '../../pipeline.config.ts'
import { answerBatch, type StreamContext } from './answer-batch.ts'

const deployment = readDeployment(process.env)
const stores = createStreamStores({
  ...createClients(deployment),
  ...deployment,
  bucketCount,
  nowMs: Date.now,
  random: Math.random,
})

let settingsAgreed = false

const context: StreamContext = {
  pipeline,
  stores,
  async agreeOnSettings() {
    if (settingsAgreed) return
    await stores.settings.agree(settingsFor(pipeline, deployment), minuteRowSettings)
    await stores.retention.agree(pipeline.maxAheadMs, Date.now())
    settingsAgreed = true
  },
  log: createLog({
    write: (line) => process.stdout.write(line),
    nowMs: Date.now,
    stackName: process.env.STACK_NAME,
  }),
  nowMs: Date.now,
}

/** One batch of one shard; on infrastructure trouble all of it is asked for again. */
export function handler(event: KinesisStreamEvent): Promise<KinesisStreamBatchResponse> {
  return answerBatch(context, event)
}
