import { describe, expect, it } from 'vitest'
import type { Unit } from '../../lib/ledger/unit.ts'
import type { PartRegistry } from '../../lib/rollup/part-registry.ts'
import { NotSettled, workOnUnit } from '../../lib/rollup/work-on-unit.ts'
import { MemoryTable } from '../../lib/store/memory/memory-table.ts'
import { byProduct } from '../support/sales.ts'
import { at, deliver, run, sale, utc } from '../support/steps.ts'
import {
  contextAt,
  memoryWorld,
  runMs,
  storesOn,
  type World,
  worldThrough,
} from '../support/world.ts'
import {
  expectedRows,
  leaderTexts,
  minuteTexts,
  objectKeys,
  rollupTexts,
} from '../support/world-rows.ts'

const early = sale('1', '16T10:00:00', 'a')
const late = sale('2', '16T10:00:30', 'a')
const nowMs = at('20T00:00:00')

const hour: Unit = { kind: 'hour', hourMs: at('16T10:00:00') }
const day: Unit = { kind: 'day', aggregation: 'by-product', period: '2026-11-16', range: 0 }

const units: readonly Unit[] = [
  hour,
  ...['by-product', 'by-price'].flatMap((aggregation) => [
    { kind: 'day', aggregation, period: '2026-11-16', range: 0 } as const,
    { kind: 'week', aggregation, period: '2026-W47', range: 0 } as const,
    { kind: 'month', aggregation, period: '2026-11', range: 0 } as const,
  ]),
]

/** A backfill of all units. One that is not settled stays marked. */
async function backfill(world: World) {
  for (const unit of units) {
    await workOnUnit(contextAt(world, nowMs, { rewrite: true }), unit).catch((error) => {
      if (!(error instanceof NotSettled)) throw error
    })
  }
}

describe('a worker whose time ends', () => {
  it('writes no object after it, not even one without rows', async () => {
    const week: Unit = { kind: 'week', aggregation: 'by-product', period: '2026-W47', range: 0 }
    for (let last = 1; last <= 12; last++) {
      const world = memoryWorld()
      let clockMs = nowMs
      let requests = 0
      let objects: string[] | undefined
      const slow = worldThrough(world, (store) => async (request) => {
        const answer = await request()
        if (store === 'ledger' && ++requests === last) {
          clockMs = nowMs + 2 * runMs
          objects = await objectKeys(world, '')
        }
        return answer
      })
      const context = contextAt(slow, nowMs, { nowMs: () => clockMs, rewrite: true })
      await workOnUnit(context, week).catch(() => undefined)
      expect(objects).toBeDefined()
      expect(await objectKeys(world, '')).toEqual(objects)
    }
  })

  // A write sleeps where it waits to be sent again, below what hands the rows over.
  it.each<[string, keyof World, Unit]>([
    ['puts no corrections', 'minutes', hour],
    ['makes no hour’s parts current', 'ledger', hour],
    ['puts no rows and no leaders', 'rollups', day],
    ['makes no day’s part current', 'ledger', day],
  ])('%s where it slept in a write', async (_what, sleepy, unit) => {
    let slept = 0
    for (let last = 1; last <= 12; last++) {
      const world = memoryWorld()
      await deliver(world, 0, 1, [early, late, late], nowMs)
      if (unit !== hour) await workOnUnit(contextAt(world, nowMs), hour)
      let clockMs = nowMs
      let requests = 0
      let before: unknown
      const slow = worldThrough(world, (store) => async (request) => {
        if (store === sleepy && ++requests === last) {
          slept++
          clockMs = nowMs + 2 * runMs
          before = await written(world)
        }
        return request()
      })
      await workOnUnit(contextAt(slow, nowMs, { nowMs: () => clockMs }), unit).catch(() => {})
      if (before !== undefined) expect(await written(world)).toEqual(before)
    }
    expect(slept).toBeGreaterThan(0)
  })
})

describe('a merge that sleeps once it has read an hour that is being replaced', () => {
  it('leaves the day to be merged again, whose hour came to its end meanwhile', async () => {
    const world = memoryWorld()
    await deliver(world, 0, 1, [early, late], nowMs)
    const stores = storesOn(world, () => nowMs)
    const held = Promise.withResolvers<void>()
    const go = Promise.withResolvers<void>()
    const registry: PartRegistry = {
      ...stores.registry,
      async commit(kind, unit, ...rest) {
        held.resolve()
        await go.promise
        return stores.registry.commit(kind, unit, ...rest)
      },
    }
    const folding = workOnUnit(contextAt(world, nowMs, { stores: { ...stores, registry } }), hour)
    await held.promise

    let clockMs = nowMs
    const sleepy: PartRegistry = {
      ...stores.registry,
      async read(kind, unit) {
        const read = await stores.registry.read(kind, unit)
        if (unit !== 'by-product#2026-11-16T10') return read
        go.resolve()
        await folding
        clockMs = nowMs + 3 * runMs
        return read
      },
    }
    const merging = contextAt(world, nowMs, {
      stores: { ...stores, registry: sleepy },
      nowMs: () => clockMs,
      deadlineMs: nowMs + 10 * runMs,
    })
    await expect(workOnUnit(merging, day)).rejects.toThrow(NotSettled)
    for (let times = 1; times <= 3; times++) await run(world, nowMs + 20 * runMs * times)
    expect(await rollupTexts(world)).toEqual(expectedRows([early, late], utc).rollups)
  })
})

/** What readers see, and what coarser periods are merged from. */
async function written(world: World) {
  const { registry } = storesOn(world, () => 0)
  const hours = await registry.read('hour', 'by-product#2026-11-16T10')
  const days = await registry.read('day', 'by-product#2026-11-16#0')
  return {
    minutes: await minuteTexts(world),
    rollups: await rollupTexts(world),
    leaders: await leaderTexts(world, utc, byProduct),
    current: [hours.current, days.current],
  }
}

describe('a backfill', () => {
  it('fills a table that has lost its rows, though its parts are the same as ever', async () => {
    const world = memoryWorld()
    await deliver(world, 0, 1, [early, late], nowMs)
    await run(world, nowMs)
    const restored = { ...world, rollups: new MemoryTable() }
    await backfill(restored)
    expect(await rollupTexts(restored)).toEqual(await rollupTexts(world))
  })
})
