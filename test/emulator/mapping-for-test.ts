import { join } from 'node:path'
import type { KinesisClient } from '@aws-sdk/client-kinesis'
import type { KinesisStreamEvent } from 'aws-lambda'
import { onTestFinished } from 'vitest'
import {
  type EventSourceMapping,
  type FailureRecord,
  type MappingProgress,
  type MappingSettings,
  startEventSourceMapping,
} from '../../emulator/event-source-mapping.ts'
import { temporaryFolder } from '../support/temp-folder.ts'

/** Quick ones, for tests. */
export const settings: MappingSettings = {
  batchSize: 100,
  batchWindowMs: 0,
  bisectOnError: false,
  maxRetries: 2,
  reportBatchItemFailures: true,
  functionName: 'consumer',
  idlePollMs: 10,
  shardPollMs: 20,
  retryBaseMs: 1,
}

export type Call = { readonly shardId: string; readonly texts: readonly string[] }

type Setup = {
  readonly kinesis: KinesisClient
  readonly stream: string
  readonly options?: Partial<MappingSettings>
  /** What the function does with the records that it got; done by default. */
  readonly consume?: (call: Call, event: KinesisStreamEvent) => unknown
  readonly checkpointFile?: string
}

type Started = EventSourceMapping & {
  readonly calls: readonly Call[]
  readonly failures: readonly FailureRecord[]
  readonly progress: readonly MappingProgress[]
  readonly checkpointFile: string
  /** Every text that the function finished or was given, in order. */
  texts(): string[]
}

/** Starts a mapping whose function keeps what it was called with. */
export async function startMapping(setup: Setup): Promise<Started> {
  const calls: Call[] = []
  const failures: FailureRecord[] = []
  const progress: MappingProgress[] = []
  const checkpointFile = setup.checkpointFile ?? join(temporaryFolder(), 'checkpoints.json')
  const mapping = await startEventSourceMapping({
    kinesis: setup.kinesis,
    stream: setup.stream,
    options: { ...settings, ...setup.options },
    checkpointFile,
    invoke: async (event) => {
      const call = { shardId: shardOf(event), texts: textsOf(event) }
      calls.push(call)
      return setup.consume?.(call, event)
    },
    onFailure: async (record) => {
      failures.push(record)
    },
    onProgress: (made) => progress.push(made),
  })
  onTestFinished(() => mapping.stop())
  const texts = () => calls.flatMap((call) => call.texts)
  return { ...mapping, calls, failures, progress, checkpointFile, texts }
}

/** The data of the records of an event. */
export function textsOf(event: KinesisStreamEvent): string[] {
  return event.Records.map(({ kinesis: { data } }) => Buffer.from(data, 'base64').toString())
}

function shardOf(event: KinesisStreamEvent): string {
  return event.Records[0]?.eventID.split(':')[0] ?? ''
}

/** The response that says that the record with this text has failed. */
export function failedItem(event: KinesisStreamEvent, text: string) {
  const at = textsOf(event).indexOf(text)
  const itemIdentifier = event.Records[at]?.kinesis.sequenceNumber
  return { batchItemFailures: itemIdentifier === undefined ? [] : [{ itemIdentifier }] }
}

/** The last of the places by shard, as `drained` wants them. */
export function ends(places: readonly { shardId: string; sequenceNumber: string }[]) {
  return new Map(places.map(({ shardId, sequenceNumber }) => [shardId, sequenceNumber]))
}

/** The texts `from`, `from + 1` and so on. */
export function numbers(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) => String(from + index))
}
