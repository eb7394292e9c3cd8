import type { KinesisStreamEvent } from 'aws-lambda'
import type { RetryRules } from './batch-decision.ts'
import type { FailureRecord } from './failure-record.ts'

/** The settings of a mapping, named and meant as on Lambda. */
export type MappingSettings = {
  /** The most records in one invocation, up to 10,000. */
  readonly batchSize: number
  /** How long to gather a batch after its first record; 0 takes what is there. */
  readonly batchWindowMs: number
  /** Cut a failed batch in two, to find the record that fails it. */
  readonly bisectOnError: boolean
  /** How often a failed batch is repeated before it is given up; -1 for no end. */
  readonly maxRetries: number
  /** Older records are given up untried. Without it, none are. */
  readonly maxRecordAgeMs?: number
  /** Take `batchItemFailures` of the response as the checkpoint; else any response is success. */
  readonly reportBatchItemFailures: boolean
  /** For ARNs in failure records. */
  readonly functionName: string
  /** The pause between two reads of a shard that has nothing new. Default 100. */
  readonly idlePollMs?: number
  /** The pause between two looks for new shards. Default 1,000. */
  readonly shardPollMs?: number
  /** The pause before the first retry; each next one is twice as long. Default 200. */
  readonly retryBaseMs?: number
  /** The longest pause before a retry. Default 10,000. */
  readonly retryMaxMs?: number
  /** The clock, in epoch milliseconds. Default `Date.now`. */
  readonly now?: () => number
}

export type MappingOptions = RetryRules & {
  readonly batchSize: number
  readonly batchWindowMs: number
  readonly maxRecordAgeMs: number | undefined
  readonly functionName: string
  readonly idlePollMs: number
  readonly shardPollMs: number
  readonly now: () => number
}

/** Records of a shard that are done, given up ones among them. */
export type MappingProgress = {
  readonly shardId: string
  readonly records: number
  /** The data of the records, decoded. */
  readonly bytes: number
  /** The last sequence number that is done. */
  readonly through: string
}

/** An invocation after which records are left; they are tried again or given up. */
export type FunctionFailure = {
  readonly shardId: string
  readonly records: number
  readonly error: unknown
}

/** What a mapping calls. */
export type MappingTarget = {
  readonly invoke: (event: KinesisStreamEvent) => Promise<unknown>
  /** Keeps records that are given up. The shard goes on once it resolves. */
  readonly onFailure: (record: FailureRecord) => Promise<void>
  readonly onProgress?: (progress: MappingProgress) => void
  readonly onFunctionFailure?: (failure: FunctionFailure) => void
}

export function completeOptions(settings: MappingSettings): MappingOptions {
  const { batchSize } = settings
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > 10_000) {
    throw new RangeError(`batchSize must be from 1 to 10,000, not ${batchSize}`)
  }
  return {
    idlePollMs: 100,
    shardPollMs: 1_000,
    retryBaseMs: 200,
    retryMaxMs: 10_000,
    now: Date.now,
    maxRecordAgeMs: undefined,
    ...settings,
  }
}
