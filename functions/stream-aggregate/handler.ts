import type { KinesisStreamBatchResponse, KinesisStreamEvent } from 'aws-lambda'
import { createClients } from '../../lib/deployment/clients.ts'
import { bucketCount, readDeployment, settingsFor } from '../../lib/deployment/deployment.ts'
import { createStreamStores } from '../../lib/deployment/stores.ts'
import { minuteRowSettings } from '../../lib/ledger/settings.ts'
import { createLog } from '../../lib/log/log.ts'
import { answerBatch, type StreamContext } from '../../lib/stream/answer-batch.ts'
import pipeline from '../../pipeline.config.ts'

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
