import pMap from 'p-map'
import { describe, expect, it } from 'vitest'
import { type Definition, integer } from '../../lib/core/index.ts'
import type { HourUnit } from '../../lib/ledger/unit.ts'
import { workOnUnit } from '../../lib/rollup/work-on-unit.ts'
import { redriveRejectsAt, takingOnly } from '../redrive/redrives.ts'
import { dyingAt } from '../support/broken-worlds.ts'
import { lostAfter, lostBefore } from '../support/faulty-stores.ts'
import { salesPipeline } from '../support/sales.ts'
import { batchOf } from '../support/sales-batches.ts'
import { apply, at, counting, deliver, run, sale, utc } from '../support/steps.ts'
import {
  type ChangedOptions,
  contextAt,
  copyOf,
  type MemoryWorld,
  memoryWorld,
  runMs,
  storesOn,
  type World,
} from '../support/world.ts'
import { changedTexts, expectedRows, minuteTexts, rollupTexts } from '../support/world-rows.ts'

const strict = takingOnly(/^a$/)
const hour: HourUnit = { kind: 'hour', hourMs: at('16T10:00:00') }
const lines = [
  sale('1', '16T10:05:00', 'a'),
  sale('2', '16T10:06:00', 'b'),
  // A producer's duplicate, which history drops and mends in the minute rows.
  sale('2', '16T10:06:00', 'b'),
]
const noon = at('16T12:00:00')

/** Refuses the first of these, which share a row. */
const narrow: Definition = {
  ...salesPipeline,
  event: { ...salesPipeline.event, quantity: integer({ max: 5 }) },
}
const large = sale('1', '16T10:05:00', 'a', { quantity: 9 })
const small = sale('2', '16T10:05:10', 'a')

const noted = (world: World) => Array.fromAsync(storesOn(world, () => 0).refusedLines.list())

async function expectRight(world: World, all: readonly string[] = lines): Promise<void> {
  const { rollups, minutes } = expectedRows(all, utc)
  expect(await rollupTexts(world)).toEqual(rollups)
  expect(await minuteTexts(world)).toEqual(minutes)
  expect(await changedTexts(world)).toEqual([])
  expect(await noted(world)).toEqual([])
}

/** Lines of which the rollup's definition refuses some. */
async function delivered(): Promise<MemoryWorld> {
  const world = memoryWorld()
  await deliver(world, 1, 1, lines, at('16T10:30:00'))
  return world
}

/** Their hour is folded without some of its lines, and not marked any more. */
async function foldedStrictly(): Promise<MemoryWorld> {
  const world = await delivered()
  expect(await run(world, noon, { definition: strict })).toMatchObject({ refusedLines: 2 })
  expect(await rollupTexts(world)).toEqual(expectedRows(lines, utc, strict).rollups)
  expect(await changedTexts(world)).toEqual([])
  return world
}

describe('lines that a definition refuses', () => {
  it('are counted by the next run under one that takes them', async () => {
    const world = await foldedStrictly()
    expect(await noted(world)).toMatchObject([{ hourMs: hour.hourMs, lines: 2 }])
    expect(await run(world, noon + runMs)).toMatchObject({ foldedHours: 1, refusedLines: 0 })
    await expectRight(world)
  })

  it('leave no older total of their minute in place of what comes in later', async () => {
    // The one that was sent twice is refused later.
    const late = sale('3', '16T10:05:20', 'a')
    const world = memoryWorld()
    await deliver(world, 1, 1, [large, large, small], at('16T10:30:00'))
    await run(world, noon)
    await deliver(world, 1, 4, [late], noon + runMs)
    await run(world, noon + 2 * runMs, { definition: narrow })
    const taken = expectedRows([small, late], utc)
    expect(await rollupTexts(world)).toEqual(taken.rollups)
    expect(await minuteTexts(world)).toEqual(taken.minutes)
    await run(world, noon + 3 * runMs)
    await expectRight(world, [large, small, late])
  })

  it.each([
    ['taken at first', [salesPipeline, narrow]],
    ['refused at first', [narrow, salesPipeline]],
  ])('count once when their batch is delivered twice, and they are %s', async (_, definitions) => {
    const world = memoryWorld()
    const deliveredMs = at('16T10:30:00')
    const batch = batchOf(1, [...[large, small].entries()], deliveredMs)
    for (const definition of definitions) await apply(world, batch, definition)
    await run(world, noon)
    await expectRight(world, [large, small])
  })

  it('are counted by it when they were redriven before it was deployed', async () => {
    const world = memoryWorld()
    const batch = batchOf(1, [...lines.entries()], at('16T10:30:00'))
    await apply(world, batch, strict)
    await redriveRejectsAt(world, noon)
    await run(world, noon, { definition: strict })
    expect(await rollupTexts(world)).toEqual(expectedRows(lines, utc, strict).rollups)
    await run(world, noon + runMs)
    await expectRight(world)
  })

  it('are looked at once by each definition, and by the same not again', async () => {
    const world = await foldedStrictly()
    const stricter = takingOnly(/^never$/)
    for (const [index, definition] of [stricter, strict, stricter].entries()) {
      const changed = { definition }
      const nowMs = noon + (index + 1) * runMs
      expect(await run(world, nowMs, changed)).toMatchObject({ foldedHours: 1, backlogUnits: 0 })
      const before = await noted(world)
      expect(before).toHaveLength(1)
      // The same definition, made anew, and with its fields in another order.
      const event = Object.fromEntries(Object.entries(definition.event).reverse())
      for (const same of [
        { ...definition, maxAheadMs: 1 },
        { ...definition, event },
      ] as Definition[]) {
        const { requests, counted } = counting(world)
        expect(await run(counted, nowMs + 1, { definition: same })).toMatchObject({
          foldedHours: 0,
        })
        expect(requests.objects).toBe(0)
        expect(await noted(world)).toEqual(before)
      }
    }
  })

  it('leave hours alone that are open, and marks that are there', async () => {
    const world = await foldedStrictly()
    const { changed, refusedLines } = storesOn(world, () => 0)
    await refusedLines.note(at('16T12:00:00'), 'another', 1)
    expect(await run(world, at('16T12:05:00'), { definition: strict })).toMatchObject({
      foldedHours: 0,
      backlogUnits: 0,
    })
    expect(await changedTexts(world)).toEqual([])
    await deliver(world, 1, 9, [sale('9', '16T12:10:00', 'a')], at('16T12:10:00'))
    await run(world, at('16T12:15:00'), { definition: strict })
    const waiting = ['hour 2026-11-16T12:00 folded open']
    expect(await changedTexts(world)).toEqual(waiting)
    // A worker has the other hour.
    const held = await changed.markOne(hour, noon, at('16T13:00:00'))
    expect(await run(world, at('16T12:30:00'))).toMatchObject({ foldedHours: 0 })
    expect((await Array.fromAsync(changed.list('hour')))[0]).toEqual(held)
    await run(world, at('16T13:05:00'))
    await expectRight(world, [...lines, sale('9', '16T12:10:00', 'a')])
  })

  it('are counted by a backfill too, and then not looked at by the schedule', async () => {
    const world = await foldedStrictly()
    await workOnUnit(contextAt(world, noon + runMs, { rewrite: true }), hour)
    expect(await noted(world)).toEqual([])
    await run(world, noon + 2 * runMs)
    await expectRight(world)
  })
})

describe('a fold that leaves lines out', () => {
  it.each([
    ['dies before a request', lostBefore],
    ['loses the answer to its last request', lostAfter],
  ])('is made up for where it %s', async (_how, lost) => {
    const before = await delivered()
    await atEveryRequest(before, { definition: strict }, async (world, faulty) => {
      const dying = { definition: strict, takeOver: true, soleProcess: true }
      await run(dyingAt(world, faulty, lost), noon, dying).catch(() => undefined)
      const again = copyOf(world)
      await run(world, noon + 1, { takeOver: true, soleProcess: true })
      await expectRight(world)
      // Or first by one that leaves out the same.
      await run(again, noon + 1, dying)
      await run(again, noon + 2, { takeOver: true, soleProcess: true })
      await expectRight(again)
    })
  })

  it('is made up for at last where the fold that does so dies, anywhere', async () => {
    await atEveryRequest(await foldedStrictly(), {}, async (world, faulty) => {
      const dying = { takeOver: true, soleProcess: true }
      await run(dyingAt(world, faulty), noon, dying).catch(() => undefined)
      await run(world, noon + 1, { takeOver: true, soleProcess: true })
      await expectRight(world)
    })
  })
})

/** Tries something on copies of a world, once for each request that a run makes in it. */
async function atEveryRequest(
  start: MemoryWorld,
  changed: ChangedOptions,
  tryOne: (world: MemoryWorld, number: number) => Promise<void>,
): Promise<void> {
  const { counted, total } = counting(copyOf(start))
  await run(counted, noon, { ...changed, takeOver: true, soleProcess: true })
  expect(total()).toBeGreaterThan(10)
  await pMap(Array(total()).keys(), (number) => tryOne(copyOf(start), number), { concurrency: 8 })
}
