import type { ListedShard } from './shard-list.ts'

/**
 * The shards that may be read now: those whose parents are read to the end, so that the records
 * of a key stay in order when its shard is split or merged. A parent that the stream no longer
 * lists has expired, and there is nothing left to read in it.
 */
export function readableShards(
  listed: readonly ListedShard[],
  isFinished: (shardId: string) => boolean,
): readonly ListedShard[] {
  const present = new Set(listed.map(({ shardId }) => shardId))
  return listed.filter(
    ({ shardId, parentIds }) =>
      !isFinished(shardId) && parentIds.every((id) => !present.has(id) || isFinished(id)),
  )
}
