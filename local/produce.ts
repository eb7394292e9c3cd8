import { setTimeout as sleep } from 'node:timers/promises'
import type { MadePurchase } from './purchases.ts'

/** More than the embedded servers take. */
export const maxRate = 10_000

export interface ProducerOptions {
  readonly perSecond: number
  /** Ends the producer, also in the midst of a step. */
  readonly stopping: AbortSignal
  readonly make: (nowMs: number) => MadePurchase
  /** Sends records; rejects when it is told to stop meanwhile. */
  readonly put: (records: AsyncIterable<MadePurchase>) => Promise<unknown>
  readonly nowMs?: () => number
  /** Rejects when `stopping` aborts. */
  readonly pause?: (ms: number) => Promise<unknown>
}

const produceEveryMs = 200

/** What could not be sent in time is owed for so long, and then never sent. */
const maxOwedMs = 1_000

/**
 * Sends purchases at a rate until it is told to stop. Where the stream takes less than that, it gets
 * as much as it takes: what is owed does not pile up.
 */
export async function produce(options: ProducerOptions): Promise<void> {
  const { perSecond, stopping, put, nowMs = Date.now } = options
  const { pause = (ms) => sleep(ms, undefined, { signal: stopping }) } = options
  let owed = 0
  let lookedMs = nowMs()
  while (!stopping.aborted) {
    const atMs = nowMs()
    owed += (Math.min(atMs - lookedMs, maxOwedMs) / 1000) * perSecond
    lookedMs = atMs
    const count = Math.floor(owed)
    owed -= count
    try {
      if (count > 0) await put(purchases(options, count))
      await pause(produceEveryMs)
    } catch (error) {
      if (!stopping.aborted) throw error
    }
  }
}

/** They are made as they are taken, so that one that is told to stop has none left over. */
async function* purchases(
  { stopping, make, nowMs = Date.now }: ProducerOptions,
  count: number,
): AsyncGenerator<MadePurchase> {
  for (let made = 0; made < count && !stopping.aborted; made++) yield make(nowMs())
}
