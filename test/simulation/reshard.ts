import type { SeededRandom } from '../data/seeded-random.ts'
import type { FaultSource } from './faults.ts'
import type { SimulatedStream } from './simulated-stream.ts'
import type { Story } from './story.ts'

/** Splits a shard of a stream, or merges two. */
export function reshard(
  stream: SimulatedStream,
  random: SeededRandom,
  faults: FaultSource,
  story: Story,
): void {
  const [one, other] = random.shuffled(stream.openShards)
  if (one === undefined) return
  if (other !== undefined && random.next() < 0.5) {
    faults.count('shards merged')
    story.tell(() => `-- ${one.shardId} and ${other.shardId} are merged`)
    stream.merge(one, other)
  } else {
    faults.count('shard split')
    story.tell(() => `-- ${one.shardId} is split`)
    stream.split(one)
  }
}
