import type { KinesisClient } from '@aws-sdk/client-kinesis'
import type { CheckpointFile, ShardProgress } from './checkpoint-file.ts'
import type { MappingOptions, MappingTarget } from './mapping-options.ts'
import type { ListedShard } from './shard-list.ts'
import { readableShards } from './shard-order.ts'
import { processBatch } from './shard-processor.ts'
import { createShardReader, type ShardReader } from './shard-reader.ts'
import type { StreamRecord } from './stream-record.ts'

export type FleetOptions = MappingTarget & {
  readonly kinesis: KinesisClient
  readonly stream: string
  readonly streamArn: string
  readonly options: MappingOptions
  readonly checkpoints: CheckpointFile
  readonly signal: AbortSignal
}

/** How far a shard that is being read, or was, is processed. */
export type ShardLag = ShardProgress & {
  readonly shardId: string
  /** As Kinesis tells it; the embedded one always says 0. */
  readonly millisBehindLatest: number
}

export type ShardFleet = {
  /** Starts to read the shards that may be read and are not. */
  read(shards: readonly ListedShard[]): void
  /** Resolves when no shard is being read any more; it is the signal that ends them. */
  ended(): Promise<unknown>
  lag(): readonly ShardLag[]
}

/**
 * Reads and processes shards side by side, each from its checkpoint on. The first that fails, or
 * is told to stop, tells `onFailed`.
 */
export function createShardFleet(
  fleet: FleetOptions,
  onFailed: (error: unknown) => void,
): ShardFleet {
  const { checkpoints } = fleet
  const readers = new Map<string, ShardReader>()
  const reading = new Map<string, Promise<void>>()

  function start(shardId: string): void {
    const reader = createShardReader({
      ...fleet,
      ...fleet.options,
      source: sourceOf(fleet, shardId),
      after: checkpoints.get(shardId).through,
    })
    readers.set(shardId, reader)
    const ended = processShard(fleet, shardId, reader)
      .catch(onFailed)
      .finally(() => reading.delete(shardId))
    reading.set(shardId, ended)
  }

  return {
    read: (shards) => {
      const readable = readableShards(shards, (id) => checkpoints.get(id).finished)
      for (const { shardId } of readable) if (!reading.has(shardId)) start(shardId)
    },
    ended: () => Promise.all(reading.values()),
    lag: () =>
      [...readers].map(([shardId, reader]) => ({
        shardId,
        ...checkpoints.get(shardId),
        millisBehindLatest: reader.millisBehindLatest(),
      })),
  }
}

async function processShard(
  fleet: FleetOptions,
  shardId: string,
  reader: ShardReader,
): Promise<void> {
  const { checkpoints, signal } = fleet
  const source = sourceOf(fleet, shardId)
  const checkpoint = async (through: string, records: readonly StreamRecord[]) => {
    await checkpoints.set(shardId, { through, finished: false })
    fleet.onProgress?.({ shardId, through, records: records.length, bytes: dataBytes(records) })
  }
  for (let batch = await reader.take(); batch !== undefined; batch = await reader.take()) {
    await processBatch(batch, { ...fleet, source, checkpoint })
    // Part of the batch may be left, and the next one must not be taken for the one after it.
    signal.throwIfAborted()
  }
  await checkpoints.set(shardId, { ...checkpoints.get(shardId), finished: true })
}

function sourceOf({ streamArn }: FleetOptions, shardId: string) {
  return { shardId, streamArn, region: streamArn.split(':')[3] ?? '' }
}

function dataBytes(records: readonly StreamRecord[]): number {
  return records.reduce((sum, { data }) => sum + Buffer.byteLength(data, 'base64'), 0)
}
