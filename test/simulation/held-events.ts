import { wholeLines } from '../../lib/core/index.ts'
import { type Purchase, Refused, readPurchase } from '../oracle/purchase.ts'
import type { MemoryWorld } from '../support/world.ts'

/** A line of history, each time that it stands there. */
export interface HeldEvent {
  /** The lane of the object that it is in. */
  readonly lane: string
  readonly purchase: Purchase
}

/** What was read before: a schedule's lines are few, and are looked at again and again. */
const knownLines = new WeakMap<MemoryWorld, Map<string, Purchase>>()

/** All that history holds, in the order of its objects' names; read by nothing of ours. */
export async function* heldEvents(world: MemoryWorld): AsyncGenerator<HeldEvent> {
  const known = knownLines.get(world) ?? new Map<string, Purchase>()
  knownLines.set(world, known)
  for await (const { key } of world.objects.list('history/')) {
    const lane = /([^/]+)-\d+-\d+\.[0-9a-f]+\.ndjson\.zst$/.exec(key)?.[1] ?? ''
    const chunks = await Array.fromAsync(wholeLines((await world.objects.get(key)) ?? []))
    for (const line of chunks.flatMap((lines) => [...lines])) {
      const text = Buffer.from(line).toString('latin1')
      const purchase = known.get(text) ?? readPurchase(line, Number.POSITIVE_INFINITY)
      if (purchase instanceof Refused) throw new Error(`${key} holds a line that is no purchase`)
      known.set(text, purchase)
      yield { lane, purchase }
    }
  }
}
