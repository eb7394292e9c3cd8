import type { KinesisStreamEvent } from 'aws-lambda'
import type { Definition } from '../../lib/core/index.ts'
import { readKinesisBatch } from '../../lib/records/kinesis-batch.ts'
import { applyBatch } from '../../lib/stream/apply-batch.ts'
import { firstDayMs } from '../made-purchases.ts'
import { Stopwatch } from './stopwatch.ts'
import { takingStores } from './taking-stores.ts'

/** What a pass over all batches took, in all. */
export interface StreamPass {
  readonly events: number
  readonly ms: number
  /** Of all threads, so that what a helper does counts too. */
  readonly processorMs: number
  readonly unpackMs: number
  /** With all that belongs to no other step. */
  readonly decodeMs: number
  readonly foldMs: number
  readonly historyMs: number
}

/** As the stream function does it, batch by batch. Throws where an event was not taken. */
export async function streamPass(
  definition: Definition,
  batches: readonly KinesisStreamEvent[],
): Promise<StreamPass> {
  const watch = new Stopwatch()
  const stores = takingStores(watch)
  const processorBefore = process.cpuUsage()
  const startedAt = performance.now()
  let events = 0
  for (const event of batches) {
    const batch = await watch.during('unpack', () => readKinesisBatch(event))
    const summary = await applyBatch(definition, stores, batch, firstDayMs)
    if (summary.rejects > 0) throw new Error(`${summary.rejects} made events were refused`)
    events += summary.events
  }
  const ms = performance.now() - startedAt
  const { user, system } = process.cpuUsage(processorBefore)
  const [unpackMs, foldMs, historyMs] = [
    watch.msOf('unpack'),
    watch.msOf('fold'),
    watch.msOf('history'),
  ]
  const decodeMs = ms - unpackMs - foldMs - historyMs
  const processorMs = (user + system) / 1000
  return { events, ms, processorMs, unpackMs, decodeMs, foldMs, historyMs }
}
