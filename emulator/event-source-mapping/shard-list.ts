import { type KinesisClient, ListShardsCommand } from '@aws-sdk/client-kinesis'
import { untilAnswered } from '../kinesis-retry.ts'

/** A shard as ListShards tells it. */
export type ListedShard = {
  readonly shardId: string
  /** None for the first shards of a stream, one after a split, two after a merge. */
  readonly parentIds: readonly string[]
}

/** Every shard of a stream that still holds records, open or closed. */
export async function listShards(
  kinesis: KinesisClient,
  stream: string,
  signal: AbortSignal,
): Promise<readonly ListedShard[]> {
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
