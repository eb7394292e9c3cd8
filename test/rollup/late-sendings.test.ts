import { describe, expect, it } from 'vitest'
import type { Unit } from '../../lib/ledger/unit.ts'
import { workOnUnit } from '../../lib/rollup/work-on-unit.ts'
import type { SendingWatch, Table, Write } from '../../lib/store/table.ts'
import { tableWith } from '../support/faulty-stores.ts'
import { at, deliver, run, sale, utc } from '../support/steps.ts'
import { contextAt, memoryWorld, runMs, type World } from '../support/world.ts'
import { changedTexts, expectedRows, minuteTexts, rollupTexts } from '../support/world-rows.ts'

const early = sale('1', '16T10:00:00', 'a')
const late = sale('2', '16T10:00:30', 'a')
const nowMs = at('20T00:00:00')
const expected = expectedRows([early, late], utc).rollups
const hour: Unit = { kind: 'hour', hourMs: at('16T10:00:00') }
const day: Unit = { kind: 'day', aggregation: 'by-product', period: '2026-11-16', range: 0 }

type Written = (write: Write, watch: SendingWatch | undefined) => Promise<void>

/** A table that tells of each write once it is done. */
function telling(table: Table, written: Written): Table {
  return tableWith(table, {
    async writeAll(writes, watch) {
      let count = 0
      for await (const write of writes) {
        count += await table.writeAll([write], watch)
        await written(write, watch)
      }
      return count
    },
  })
}

/** The world as one sees it whose sendings to a table get no answer, and whose repeats do. */
function doubtful(world: World, store: 'minutes' | 'rollups', sent: Write[] = []): World {
  const written: Written = async (write, watch) => {
    sent.push(write)
    watch?.inDoubt()
  }
  return { ...world, [store]: telling(world[store], written) }
}

describe('a sending that arrives after its repeat, and after the writes of another run', () => {
  it.each(['rollups', 'minutes'] as const)('does not stay, in %s', async (store) => {
    const world = memoryWorld()
    const sent: Write[] = []
    await deliver(world, 0, 1, [early, early], nowMs)
    await run(doubtful(world, store, sent), nowMs)
    await deliver(world, 0, 3, [late], nowMs + 11_000)
    await run(world, nowMs + 12_000)
    await world[store].writeAll(sent)
    await run(world, nowMs + 3_600_000)
    expect(await rollupTexts(world)).toEqual(expected)
    const minutes = await minuteTexts(world)
    expect(minutes.filter((text) => text.startsWith('by-product'))).toMatchObject([
      expect.stringContaining('events=2'),
    ])
    expect(await changedTexts(world)).toEqual([])
  })

  it('does not stay where that run commits only once its mark is over', async () => {
    const world = memoryWorld()
    const sent: Write[] = []
    await deliver(world, 0, 1, [early], nowMs)
    await run(doubtful(world, 'rollups', sent), nowMs)
    await deliver(world, 0, 2, [late], nowMs + 5_000)
    let clockMs = nowMs + 10_000
    const slow = telling(world.rollups, async () => {
      // Its first row is followed by what was sent before it, and then it takes its time.
      await world.rollups.writeAll(sent.splice(0))
      clockMs = nowMs + 70_000
    })
    const timed = { nowMs: () => clockMs, deadlineMs: clockMs + runMs }
    await run({ ...world, rollups: slow }, clockMs, timed)
    for (let times = 1; times <= 3; times++) await run(world, nowMs + 2 * runMs * times)
    expect(await rollupTexts(world)).toEqual(expected)
    expect(await changedTexts(world)).toEqual([])
  })
})

it('a worker whose sendings were in doubt is done, and leaves the unit to be compared once more', async () => {
  const world = memoryWorld()
  await deliver(world, 0, 1, [early, late], nowMs)
  const backfill = (unit: Unit) =>
    workOnUnit(contextAt(doubtful(world, 'rollups'), nowMs, { rewrite: true }), unit)
  await backfill(hour)
  expect(await backfill(day)).toMatchObject({ mergedPeriods: 1, rollupRowsWritten: 1 })
  expect(await changedTexts(world)).toContainEqual(expect.stringMatching(/^day .*2026-11-16/))
  for (let times = 1; times <= 3; times++) await run(world, nowMs + 2 * runMs * times)
  expect(await rollupTexts(world)).toEqual(expected)
  expect(await changedTexts(world)).toEqual([])
})
