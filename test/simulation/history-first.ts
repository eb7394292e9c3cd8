import { splitLines } from '../../lib/core/index.ts'
import type { MemoryWorld } from '../functions/world.ts'
import { Refused, readPurchase } from '../oracle/purchase.ts'
import type { Failure } from './check-outcome.ts'

const minuteMs = 60_000

/**
 * History holds at least what the shards' rows hold, at every moment: whoever loses all minute rows
 * can make them again. Checked by minute and lane: where there is a row, there are events.
 */
export async function checkHistoryFirst(world: MemoryWorld): Promise<Failure | undefined> {
  const held = new Map<string, Set<string>>()
  for await (const { key } of world.objects.list('history/')) {
    const lane = /([^/]+)-\d+-\d+\.[0-9a-f]+\.ndjson\.gz$/.exec(key)?.[1] ?? ''
    for await (const line of splitLines((await world.objects.get(key)) ?? [])) {
      const purchase = readPurchase(line, Number.POSITIVE_INFINITY)
      if (purchase instanceof Refused) throw new Error(`${key} holds a line that is no purchase`)
      const minute = new Date(Math.floor(purchase.timeMs / minuteMs) * minuteMs).toISOString()
      const place = `${minute.slice(0, 16)}#${lane}`
      const ids = held.get(place) ?? new Set()
      held.set(place, ids.add(purchase.transactionId))
    }
  }
  for await (const { sk } of world.minutes.scan()) {
    const [, minute, lane] = (sk?.S ?? '').split('#')
    if (lane === 'history' || held.has(`${minute}#${lane}`)) continue
    return {
      message: `A minute row stands before its history was written: ${sk?.S}`,
      about: [minute ?? '', (minute ?? '').slice(0, 13)],
    }
  }
  return undefined
}
