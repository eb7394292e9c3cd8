import type { SeededRandom } from '../data/seeded-random.ts'
import type { FaultSource } from './faults.ts'
import type { EventMaker } from './made-events.ts'
import { type PutEntry, packed } from './put-entries.ts'
import type { Scheduler } from './scheduler.ts'
import type { SimulatedStream } from './simulated-stream.ts'

/** An event as it came into the stream, alone in its record or with others. */
export interface SentRecord {
  readonly line: Buffer
  readonly arrivedMs: number
}

export interface ProducerOptions {
  readonly stream: SimulatedStream
  readonly scheduler: Scheduler
  readonly random: SeededRandom
  readonly faults: FaultSource
  readonly events: EventMaker
  /** How many events, over how long in ms. */
  readonly count: number
  readonly durationMs: number
}

const maxPerCall = 5
const partialShare = 0.1
const lostShare = 0.04

/** Sends events until all are in the stream, and tells each record that is. */
export async function produce(
  options: ProducerOptions,
  onSent: (record: SentRecord) => void,
): Promise<void> {
  const { scheduler, random, faults, events, count, durationMs } = options
  for (let left = count; left > 0; ) {
    // Some come in bursts, so that batches share minutes.
    if (random.next() < 0.5) await scheduler.sleep((2 * random.next() * durationMs) / count)
    const size = Math.min(left, 1 + random.below(maxPerCall))
    left -= size
    const lines = Array.from({ length: size }, () => events.at(scheduler.nowMs))
    await putAll(options, packed(lines, random, faults), onSent)
  }
}

/** PutRecords until all is taken: refused entries alone are sent again, an unheard answer means all. */
async function putAll(
  { stream, scheduler, random, faults }: ProducerOptions,
  entries: readonly PutEntry[],
  onSent: (record: SentRecord) => void,
): Promise<void> {
  for (let left = entries; left.length > 0; ) {
    await scheduler.sleep(random.below(100))
    const inPart = left.length > 1 && faults.happens('PutRecords taken in part', partialShare)
    const refused = inPart ? random.shuffled(left).slice(0, 1 + random.below(left.length - 1)) : []
    const arrivedMs = scheduler.nowMs
    for (const entry of left) {
      if (refused.includes(entry)) continue
      stream.put(random.pick(stream.openShards), entry.data, `key ${random.below(9)}`, arrivedMs)
      for (const line of entry.lines) onSent({ line, arrivedMs })
    }
    if (!faults.happens('PutRecords answer lost', lostShare)) left = refused
  }
}
