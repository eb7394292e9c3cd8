import { hourMs } from '../../lib/core/index.ts'
import { firstDayMs } from '../made-purchases.ts'
import { historyWorld } from './history-world.ts'

export interface LateEventOptions {
  /** Of history. */
  readonly hours: number
  readonly eventsPerHour: number
  readonly runs: number
  readonly seed: number
}

/** Seconds of a rollup for one late event, each time of another hour. */
export async function measureLateEvent(options: LateEventOptions): Promise<number[]> {
  const { hours, eventsPerHour, runs, seed } = options
  const world = await historyWorld(hours, eventsPerHour, seed)
  const seconds: number[] = []
  for (let run = 0; run < runs; run++) {
    await world.take([lateEvent(run, firstDayMs + (run % hours) * hourMs)])
    const startedAt = performance.now()
    const foldedHours = await world.rollUp()
    seconds.push((performance.now() - startedAt) / 1000)
    if (foldedHours !== 1) throw new Error(`The rollup folded ${foldedHours} hours`)
  }
  return seconds
}

function lateEvent(run: number, timeMs: number): Uint8Array {
  const event = {
    transactionId: `late-${run}`,
    timestamp: new Date(timeMs).toISOString(),
    productId: 'sku-0001',
    quantity: 1,
    unitPrice: 9.95,
    currency: 'EUR',
  }
  return Buffer.from(JSON.stringify(event))
}
