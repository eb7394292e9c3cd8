import { setTimeout as sleep } from 'node:timers/promises'
import { DescribeStreamSummaryCommand, type KinesisClient } from '@aws-sdk/client-kinesis'
import { type CheckpointFile, openCheckpointFile } from './event-source-mapping/checkpoint-file.ts'
import {
  completeOptions,
  type MappingSettings,
  type MappingTarget,
} from './event-source-mapping/mapping-options.ts'
import { compareSequenceNumbers } from './event-source-mapping/sequence-number.ts'
import {
  createShardFleet,
  type FleetOptions,
  type ShardFleet,
  type ShardLag,
} from './event-source-mapping/shard-fleet.ts'
import { listShards } from './event-source-mapping/shard-list.ts'

export { type FailureRecord, failureObjectKey } from './event-source-mapping/failure-record.ts'
export type {
  FunctionFailure,
  MappingProgress,
  MappingSettings,
} from './event-source-mapping/mapping-options.ts'
export type { ShardLag } from './event-source-mapping/shard-fleet.ts'

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
  const die = (error: unknown) => {
    // Only the first reason counts; the others follow from it, or from being told to stop.
    if (stopping.signal.aborted) return
    const why = error instanceof Error ? error.message : String(error)
    died.reject(new MappingDied(`stream ${stream} is no longer read: ${why}`, { cause: error }))
    stopping.abort()
  }
  const fleetOptions = { ...setup, options, streamArn, checkpoints, signal: stopping.signal }
  const fleet = createShardFleet(fleetOptions, die)
  const ended = keepReading(fleet, fleetOptions).catch(die)
  return {
    drained: (until) => Promise.race([untilThrough(checkpoints, until), died.promise]),
    checkpoints: () => throughByShard(checkpoints),
    lag: fleet.lag,
    died: died.promise,
    stop: async () => {
      stopping.abort()
      await ended
      await fleet.ended()
    },
  }
}

/** Looks for shards to read, again and again, until told to stop. */
async function keepReading(fleet: ShardFleet, options: FleetOptions): Promise<never> {
  const { kinesis, stream, signal, checkpoints } = options
  for (;;) {
    const shards = await listShards(kinesis, stream, signal)
    checkpoints.keepOnly(new Set(shards.map(({ shardId }) => shardId)))
    fleet.read(shards)
    await sleep(options.options.shardPollMs, undefined, { signal })
  }
}

function untilThrough(
  checkpoints: CheckpointFile,
  until: ReadonlyMap<string, string>,
): Promise<void> {
  return checkpoints.until((get) =>
    [...until].every(([shardId, sequenceNumber]) => {
      const { through, finished } = get(shardId)
      if (finished) return true
      return through !== undefined && compareSequenceNumbers(through, sequenceNumber) >= 0
    }),
  )
}

function throughByShard(checkpoints: CheckpointFile): ReadonlyMap<string, string> {
  const entries = [...checkpoints.all()].flatMap(([shardId, { through }]) =>
    through === undefined ? [] : [[shardId, through] as const],
  )
  return new Map(entries)
}
