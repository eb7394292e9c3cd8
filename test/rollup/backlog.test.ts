import { describe, expect, it } from 'vitest'
import { type PartRegistry, Superseded } from '../../lib/rollup/part-registry.ts'
import { at, deliver, run, sale } from '../support/steps.ts'
import { memoryWorld, storesOn, type World, worldThrough } from '../support/world.ts'

const minuteMs = 60_000
const startMs = at('17T00:30:00')
const leftIn = (world: World) => storesOn(world, () => 0).backlog.read()

/** An event of the same hour, each time another, so that the hour has changed again. */
const change = (world: World, id: number, nowMs: number) =>
  deliver(world, 1, id, [sale(String(id), '16T10:05:00', 'a')], nowMs)

/** A run that has no time for any unit. */
const runWithoutTime = (world: World, nowMs: number) =>
  run(world, nowMs, { deadlineMs: nowMs + 29_999 })

describe('how long the oldest change has waited', () => {
  it('grows where a unit is never done, however often it changes again', async () => {
    const world = memoryWorld()
    const ages: number[] = []
    for (const time of [0, 1, 2, 3]) {
      const nowMs = startMs + time * 15 * minuteMs
      await change(world, time + 1, nowMs - minuteMs)
      const result = await runWithoutTime(world, nowMs)
      ages.push(result.held ? result.oldestChangeAgeMs / minuteMs : -1)
    }
    expect(ages).toEqual([1, 16, 31, 46])
    expect([...(await leftIn(world)).keys()]).toEqual(['hour#2026-11-16T10'])

    expect(await run(world, startMs + 60 * minuteMs)).toMatchObject({
      backlogUnits: 0,
      oldestChangeAgeMs: 0,
    })
    expect(await leftIn(world)).toEqual(new Map())
  })

  it('grows where a day is never merged whose hours are folded each time', async () => {
    const world = memoryWorld()
    const ages: number[] = []
    for (const time of [0, 1, 2]) {
      const nowMs = startMs + time * 15 * minuteMs
      await change(world, time + 1, nowMs)
      const stores = storesOn(world, () => nowMs)
      const begin: PartRegistry['begin'] = async (kind, ...rest) => {
        if (kind === 'day') throw new Superseded('Another run is at it')
        return stores.registry.begin(kind, ...rest)
      }
      const registry = { ...stores.registry, begin }
      const result = await run(world, nowMs, { stores: { ...stores, registry } })
      expect(result).toMatchObject({ foldedHours: 1, mergedPeriods: 0 })
      ages.push(result.held ? result.oldestChangeAgeMs / minuteMs : -1)
    }
    expect(ages).toEqual([0, 15, 30])
  })

  it('is that of the last change where the unit is done each time, and changes meanwhile', async () => {
    const world = memoryWorld()
    await change(world, 1, startMs)
    for (const time of [1, 2, 3]) {
      const nowMs = startMs + time * 15 * minuteMs
      let changes = 0
      const watched = worldThrough(world, (store) => async (request) => {
        if (store === 'rollups' && changes++ === 0) await change(world, time + 1, nowMs)
        return request()
      })
      expect(await run(watched, nowMs)).toMatchObject({
        foldedHours: 1,
        backlogUnits: 1,
        oldestChangeAgeMs: 0,
      })
      expect(await leftIn(world)).toEqual(new Map())
    }
  })
})
