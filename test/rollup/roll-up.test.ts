import { describe, expect, it } from 'vitest'
import { noFigures } from '../../lib/contract/figures.ts'
import { at, countingWrites, deliver, monday, run, sale, utc } from '../support/steps.ts'
import { memoryWorld, storesOn } from '../support/world.ts'
import {
  changedTexts,
  expectedRows,
  minuteTexts,
  objectKeys,
  rollupTexts,
} from '../support/world-rows.ts'

describe('a run of the rollup', () => {
  it('makes days, weeks and months of hours that are over, and clears what it did', async () => {
    const world = memoryWorld()
    await deliver(world, 1, 1, monday, at('17T00:01:00'))
    const result = await run(world, at('17T00:30:00'), { runId: 'run-1' })
    expect(result).toEqual({
      held: true,
      startedMs: at('17T00:30:00'),
      endedMs: at('17T00:30:00'),
      ...noFigures({ foldedHours: 2, mergedPeriods: 6, rollupRowsWritten: 12 }),
      backlogUnits: 0,
      oldestChangeAgeMs: 0,
    })
    expect(await rollupTexts(world)).toEqual(expectedRows(monday, utc).rollups)
    expect(await changedTexts(world)).toEqual([])
    const { runs, lease } = storesOn(world, () => 0)
    const [noted] = await Array.fromAsync(runs.list())
    expect(noted?.id).toBe('run-1')
    const { id: _id, ...figures } = noted ?? {}
    expect(result).toMatchObject(figures)
    expect(await lease.take('another', at('17T00:30:00'), at('17T00:31:00'))).toBe(true)
  })

  it('finds nothing to do where nothing changed, and then notes no run', async () => {
    const world = memoryWorld()
    const { writes, counted } = countingWrites(world)
    expect(await run(counted, at('17T00:30:00'))).toMatchObject({
      foldedHours: 0,
      mergedPeriods: 0,
    })
    expect(writes).toEqual({ rollups: 0, minutes: 0 })
    expect(await Array.fromAsync(storesOn(world, () => 0).runs.list())).toEqual([])
  })

  it('writes no row again when all is marked and delivered once more', async () => {
    const world = memoryWorld()
    await deliver(world, 1, 1, monday, at('17T00:01:00'))
    await run(world, at('17T00:30:00'))
    const rows = await rollupTexts(world)
    const { writes, counted } = countingWrites(world)
    await deliver(counted, 1, 1, monday, at('17T00:31:00'))
    expect(await run(counted, at('17T00:40:00'))).toMatchObject({
      foldedHours: 2,
      mergedPeriods: 0,
      rollupRowsWritten: 0,
    })
    expect(writes).toEqual({ rollups: 0, minutes: 0 })
    expect(await rollupTexts(world)).toEqual(rows)
    expect(await changedTexts(world)).toEqual([])
  })

  it('keeps the objects of current parts only', async () => {
    const world = memoryWorld()
    await deliver(world, 1, 1, monday, at('17T00:01:00'))
    await run(world, at('17T00:30:00'))
    const before = await objectKeys(world, 'parts/')
    // Per aggregation two hours, a day, a week and a month.
    expect(before).toHaveLength(10)
    await deliver(world, 1, 9, [sale('9', '16T10:30:00', 'c')], at('17T00:31:00'))
    await run(world, at('17T00:40:00'))
    const after = await objectKeys(world, 'parts/')
    expect(after).toHaveLength(10)
    expect(after.filter((key) => before.includes(key))).toHaveLength(2)
  })

  it('writes for a late event the rows that it changed, and no others', async () => {
    const world = memoryWorld()
    await deliver(world, 1, 1, monday, at('17T00:01:00'))
    await run(world, at('17T00:30:00'))
    const late = sale('9', '16T10:00:59', 'b', { price: '2' })
    await deliver(world, 2, 1, [late], at('20T12:00:00'))
    // b and the price of 2, on their day, week and month; the price is new.
    expect(await run(world, at('20T12:05:00'))).toMatchObject({
      foldedHours: 1,
      mergedPeriods: 6,
      rollupRowsWritten: 6,
    })
    const expected = expectedRows([...monday, late], utc)
    expect(await rollupTexts(world)).toEqual(expected.rollups)
    expect(await minuteTexts(world)).toEqual(expected.minutes)
  })
})
