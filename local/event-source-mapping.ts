import { setTimeout as sleep } from 'node:timers/promises'
import {
  DescribeStreamSummaryCommand,
  type KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis'
import { compareSequenceNumbers } from '../lib/aws/sequence-number.ts'
import {
  type CheckpointFile,
  openCheckpointFile,
  type ShardProgress,
} from './event-source-mapping/checkpoint-file.ts'
import {
  completeOptions,
  type MappingOptions,
  type MappingSettings,
  type MappingTarget,
} from './event-source-mapping/mapping-options.ts'
import { type ListedShard, readableShards } from './event-source-mapping/shard-order.ts'
import { processBatch } from './event-source-mapping/shard-processor.ts'
import { createShardReader, type ShardReader } from './event-source-mapping/shard-reader.ts'
import type { StreamRecord } from './event-source-mapping/stream-record.ts'
import { untilAnswered } from './kinesis-retry.ts'

export { type FailureRecord, failureObjectKey } from './event-source-mapping/failure-record.ts'
export type {
  FunctionFailure,
  MappingProgress,
  MappingSettings,
} from './event-source-mapping/mapping-options.ts'

/** How far a shard that is being read, or was, is processed. */
export type ShardLag = ShardProgress & {
  readonly shardId: string
  /** As Kinesis tells it; the embedded one always says 0. */
  readonly millisBehindLatest: number
}

export type EventSourceMapping = {
  /** Resolves when each shard is done through its sequence number. Rejects as `died` does. */
  drained(untilSequenceNumbers: ReadonlyMap<string, string>): Promise<void>
  /** The last sequence number that is done, by shard. */
  checkpoints(): ReadonlyMap<string, string>
  lag(): readonly ShardLag[]
  /** Never resolves. Rejects when the mapping ended by itself, with the reason as `cause`. */
  readonly died: Promise<never>
  /** Waits for the invocations under way; what they finish is kept. */
  stop(): Promise<void>
}

/** The mapping ended by itself, and records are no longer processed. */
export class MappingDied extends Error {
  override readonly name = 'MappingDied'
}

export type MappingSetup = MappingTarget & {
  readonly kinesis: KinesisClient
  readonly stream: string
  readonly options: MappingSettings
  /** Where the mapping keeps how far it is. It goes on from there. */
  readonly checkpointFile: string
}

/**
 * Feeds a stream to a function as a Lambda event source mapping does: shards side by side, the
 * batches of a shard one after the other, in order, from the oldest record on; partial responses,
 * bisection, retries and given-up records; parents of a split or merge before their children.
 */
export async function startEventSourceMapping(setup: MappingSetup): Promise<EventSourceMapping> {
  const { kinesis, stream } = setup
  const options = completeOptions(setup.options)
  const summary = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName: stream }))
  const streamArn = summary.StreamDescriptionSummary?.StreamARN
  if (streamArn === undefined) throw new Error(`Kinesis does not tell the ARN of stream ${stream}`)
  const checkpoints = await openCheckpointFile(setup.checkpointFile, streamArn)

  const stopping = new AbortController()
  const died = Promise.withResolvers<never>()
  died.promise.catch(() => {})
  const run = createRun({ ...setup, options, streamArn, checkpoints, signal: stopping.signal })
  const ended = run.loop().catch((error: unknown) => {
    if (stopping.signal.aborted && isAbort(error)) return
    const why = error instanceof Error ? error.message : String(error)
    died.reject(new MappingDied(`stream ${stream} is no longer read: ${why}`, { cause: error }))
    stopping.abort()
  })
  return {
    drained: (until) => Promise.race([run.drained(until), died.promise]),
    checkpoints: () => throughByShard(checkpoints),
    lag: run.lag,
    died: died.promise,
    stop: async () => {
      stopping.abort()
      await ended
      await run.settled()
    },
  }
}

type Run = Omit<MappingSetup, 'options'> & {
  readonly options: MappingOptions
  readonly streamArn: string
  readonly checkpoints: CheckpointFile
  readonly signal: AbortSignal
}

function createRun(run: Run) {
  const { checkpoints, signal } = run
  const readers = new Map<string, ShardReader>()
  const active = new Map<string, Promise<void>>()
  const waiting = new Set<() => void>()
  const failure = Promise.withResolvers<never>()
  failure.promise.catch(() => {})
  let wake: () => void = () => {}

  async function keep(shardId: string, progress: ShardProgress): Promise<void> {
    await checkpoints.set(shardId, progress)
    for (const check of waiting) check()
  }

  async function readShard(shardId: string): Promise<void> {
    const source = { shardId, streamArn: run.streamArn, region: run.streamArn.split(':')[3] ?? '' }
    const after = checkpoints.get(shardId).through
    const reader = createShardReader({ ...run, ...run.options, source, after })
    readers.set(shardId, reader)
    const checkpoint = async (through: string, records: readonly StreamRecord[]) => {
      await keep(shardId, { through, finished: false })
      run.onProgress?.({ shardId, through, records: records.length, bytes: dataBytes(records) })
    }
    for (let batch = await reader.take(); batch !== undefined; batch = await reader.take()) {
      await processBatch(batch, { ...run, source, checkpoint })
      signal.throwIfAborted()
    }
    await keep(shardId, { ...checkpoints.get(shardId), finished: true })
  }

  function startReading(shard: ListedShard): void {
    const { shardId } = shard
    const reading = readShard(shardId)
      .catch((error: unknown) => failure.reject(error))
      .finally(() => {
        active.delete(shardId)
        wake()
      })
    active.set(shardId, reading)
  }

  return {
    /** Looks for shards to read, again and again, until told to stop or until a shard fails. */
    async loop(): Promise<never> {
      for (;;) {
        const shards = await listShards(run)
        checkpoints.keepOnly(new Set(shards.map(({ shardId }) => shardId)))
        const readable = readableShards(shards, (id) => checkpoints.get(id).finished)
        for (const shard of readable) if (!active.has(shard.shardId)) startReading(shard)
        const woken = new Promise<void>((resolve) => {
          wake = resolve
        })
        const pause = sleep(run.options.shardPollMs, undefined, { signal })
        pause.catch(() => {})
        await Promise.race([woken, pause, failure.promise])
      }
    },
    async settled(): Promise<void> {
      await Promise.all(active.values())
    },
    drained(until: ReadonlyMap<string, string>): Promise<void> {
      return new Promise((resolve) => {
        const check = () => {
          if (![...until].every(([id, last]) => isThrough(checkpoints.get(id), last))) return
          waiting.delete(check)
          resolve()
        }
        waiting.add(check)
        check()
      })
    },
    lag(): readonly ShardLag[] {
      return [...readers].map(([shardId, reader]) => ({
        shardId,
        ...checkpoints.get(shardId),
        millisBehindLatest: reader.millisBehindLatest(),
      }))
    },
  }
}

async function listShards(run: Run): Promise<readonly ListedShard[]> {
  const { kinesis, stream, signal } = run
  const shards: ListedShard[] = []
  let token: string | undefined
  do {
    const input = token === undefined ? { StreamName: stream } : { NextToken: token }
    const command = new ListShardsCommand(input)
    const answer = await untilAnswered(() => kinesis.send(command, { abortSignal: signal }), signal)
    for (const { ShardId, ParentShardId, AdjacentParentShardId } of answer.Shards ?? []) {
      if (ShardId === undefined) throw new Error('Kinesis listed a shard without an id')
      const parentIds = [ParentShardId, AdjacentParentShardId].filter((id) => id !== undefined)
      shards.push({ shardId: ShardId, parentIds })
    }
    token = answer.NextToken
  } while (token !== undefined)
  return shards
}

function isThrough(progress: ShardProgress, sequenceNumber: string): boolean {
  if (progress.finished) return true
  const { through } = progress
  return through !== undefined && compareSequenceNumbers(through, sequenceNumber) >= 0
}

function throughByShard(checkpoints: CheckpointFile): ReadonlyMap<string, string> {
  const entries = [...checkpoints.all()].flatMap(([shardId, { through }]) =>
    through === undefined ? [] : [[shardId, through] as const],
  )
  return new Map(entries)
}

function dataBytes(records: readonly StreamRecord[]): number {
  return records.reduce((sum, { data }) => sum + Buffer.byteLength(data, 'base64'), 0)
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}
