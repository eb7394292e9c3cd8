import { decodeKey, minuteName } from '../../lib/core/index.ts'
import type { MemoryWorld } from '../support/world.ts'
import type { Failure } from './failure.ts'
import { heldEvents } from './held-events.ts'

/**
 * History holds at least what the shards' rows hold, at every moment: whoever loses all minute rows
 * can make them again. A row counts each record once, and history has a line of it in every cut
 * that it came in, so no row counts more than there are lines of its key, minute and lane.
 */
export async function checkHistoryFirst(world: MemoryWorld): Promise<Failure | undefined> {
  // Rows before history, which may get more meanwhile.
  const rows = await Array.fromAsync(world.minutes.scan())
  const held = new Map<string, number>()
  for await (const { lane, purchase } of heldEvents(world)) {
    const { productId, currency, timeMs } = purchase
    const place = placeOf([productId, currency], minuteName(timeMs), lane)
    held.set(place, (held.get(place) ?? 0) + 1)
  }
  for (const { sk, purchases } of rows) {
    const [key = '', minute = '', lane = ''] = (sk?.S ?? '').split('#')
    if (lane === 'history') continue
    const lines = held.get(placeOf(decodeKey(key), minute, lane)) ?? 0
    // Also where it is no number.
    if (Number(purchases?.N) <= lines) continue
    return {
      message: `A minute row counts ${purchases?.N} purchases, of which history has ${lines}: ${sk?.S}`,
      about: [minute, minute.slice(0, 13)],
    }
  }
  return undefined
}

const placeOf = (key: readonly unknown[], minute: string, lane: string) =>
  JSON.stringify([key, minute, lane])
