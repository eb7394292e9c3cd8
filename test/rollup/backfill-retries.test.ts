import { describe, expect, it } from 'vitest'
import { createCalendar, type Definition } from '../../lib/core/index.ts'
import { lostAfter, lostBefore } from '../support/faulty-stores.ts'
import { runBackfill } from '../support/run-backfill.ts'
import { byProduct, salesPipeline } from '../support/sales.ts'
import { at, deliver, run, sale } from '../support/steps.ts'
import { copyOf, type MemoryWorld, memoryWorld, worldThrough } from '../support/world.ts'
import { changedTexts, expectedRows, rollupTexts } from '../support/world-rows.ts'

// Of this day one hour is over.
const startMs = at('16T01:10:00')
const range = { from: '2026-11-16', to: '2026-11-17' }
const minuteMs = 60_000

const early = sale('1', '16T00:00:00', 'a')
const late = sale('2', '16T00:00:30', 'b')
const definition: Definition = { ...salesPipeline, aggregations: [byProduct] }
const expected = expectedRows([early, late], createCalendar('UTC'), definition).rollups

/** A day that was rolled up once, with an event since whose hour was not folded again. */
async function worldWithEvents(): Promise<MemoryWorld> {
  const world = memoryWorld()
  await deliver(world, 0, 1, [early], startMs)
  await run(world, startMs, { definition })
  await deliver(world, 0, 2, [late], startMs)
  return world
}

/** How a request goes wrong, and whether the process that made it is no more. */
type Fault = 'lost before' | 'lost after' | 'killed before' | 'killed after'

/**
 * Fails one request of all that invocations make; an invocation that was killed can ask nothing more.
 * `seenBy` makes what one invocation sees of the world.
 */
function failingOnce(world: MemoryWorld, fault: Fault, last: number) {
  let requests = 0
  const seenBy = () => {
    let killed = false
    return worldThrough(world, () => async (request) => {
      if (killed) throw lostBefore()
      if (++requests !== last) return request()
      killed = fault.startsWith('killed')
      if (fault.endsWith('before')) throw lostBefore()
      await request()
      throw lostAfter()
    })
  }
  return { seenBy, requests: () => requests }
}

describe('a backfill of which one request goes wrong', () => {
  it.each<[Fault, number, number]>([
    ['lost before', 0, 3],
    ['lost before', 1, 3],
    // Whoever does not know that its attempt was marked can't end it.
    ['lost after', 1, 30],
    ['killed before', 0, 30],
    ['killed after', 1, 30],
  ])('%s, with jitter %d, ends well within %i minutes', async (fault, jitter, minutes) => {
    const before = await worldWithEvents()
    for (let last = 1, requests = 1; last <= requests; last += 1) {
      const world = copyOf(before)
      const faulty = failingOnce(world, fault, last)
      const clock = { nowMs: startMs }
      const { seenBy } = faulty
      await runBackfill(world, range, { clock, seenBy, jitter, context: { definition } })
      expect(clock.nowMs - startMs).toBeLessThanOrEqual(minutes * minuteMs)
      expect(await rollupTexts(world, definition)).toEqual(expected)
      expect(await changedTexts(world)).toEqual([])
      requests = faulty.requests()
    }
  })
})
