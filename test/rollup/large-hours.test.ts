import { describe, expect, it } from 'vitest'
import { hourName } from '../../lib/core/index.ts'
import { largeHourBytes } from '../../lib/records/history.ts'
import { rollUp } from '../../lib/rollup/roll-up.ts'
import { verifyHours } from '../../lib/verify/verify-hours.ts'
import { at, deliver, sale, utc } from '../support/steps.ts'
import { contextAt, type MemoryWorld, memoryWorld, storesOn, type World } from '../support/world.ts'
import { changedTexts, expectedRows, rollupTexts } from '../support/world-rows.ts'

const nowMs = at('20T00:00:00')

/** An hour's object with as many bytes as it takes to be large, all of them of one event. */
function largeLine(id: string, time: string, product: string): string {
  return sale(id, time, product).replace('{', `{"more":"${randomText()}",`)
}

/** Text that zstd can't make much shorter than three quarters of it. */
function randomText(): string {
  const bytes = new Uint8Array(1.4 * largeHourBytes)
  for (let at = 0; at < bytes.length; at += 65_536) {
    crypto.getRandomValues(bytes.subarray(at, at + 65_536))
  }
  return Buffer.from(bytes).toString('base64')
}

interface Reading {
  readonly hour: string
  /** The hours that are read at the same time, it among them. */
  readonly atOnce: number
  /** The rows that were there when it began. */
  readonly rows: readonly string[]
}

/** A run's context that notes how hours are read from history. */
function watched(world: World) {
  const readings: Reading[] = []
  const underWay = new Set<number>()
  const { history, ...stores } = storesOn(world, () => nowMs)
  const watching: typeof history = {
    ...history,
    async *read(hourMs) {
      underWay.add(hourMs)
      const rows = await rollupTexts(world)
      readings.push({ hour: hourName(hourMs), atOnce: underWay.size, rows })
      yield* history.read(hourMs)
      underWay.delete(hourMs)
    },
  }
  const context = contextAt(world, nowMs, { stores: { ...stores, history: watching } })
  return { context, readings }
}

async function worldOf(lines: readonly string[]): Promise<MemoryWorld> {
  const world = memoryWorld()
  for (const [index, line] of lines.entries()) await deliver(world, 1, 1 + index, [line], nowMs)
  return world
}

describe('hours whose history is large', () => {
  const large = [largeLine('1', '16T10:00:00', 'a'), largeLine('2', '16T11:00:00', 'a')]
  const small = ['17T10', '17T11', '17T12'].map((hour) => sale(hour, `${hour}:00:00`, 'b'))

  it('are folded one at a time, once all that does not need them is merged', async () => {
    const world = await worldOf([...large, ...small])
    const { context, readings } = watched(world)
    expect(await rollUp(context)).toMatchObject({ foldedHours: 5, backlogUnits: 0 })
    const alone = readings.slice(-2)
    expect(alone.map(({ hour, atOnce }) => `${hour} ${atOnce}`)).toEqual([
      '2026-11-16T10 1',
      '2026-11-16T11 1',
    ])
    expect(alone[0]?.rows).toEqual(expectedRows(small, utc).rollups)
    expect(Math.max(...readings.map(({ atOnce }) => atOnce))).toBe(3)
    expect(await rollupTexts(world)).toEqual(expectedRows([...large, ...small], utc).rollups)
    expect(await changedTexts(world)).toEqual([])
  })

  it('are verified one at a time, and the others beside each other', async () => {
    const world = await worldOf([...large, ...small])
    await rollUp(contextAt(world, nowMs))
    const { context, readings } = watched(world)
    const hours = ['17T10', '16T10', '17T11', '17T12', '16T11'].map((hour) => at(`${hour}:00:00`))
    const verified = await Array.fromAsync(
      verifyHours({ ...context, nowMs: () => nowMs }, hours, 4),
    )
    expect(verified.map(({ hourMs }) => hourMs)).toEqual(hours)
    expect(verified.flatMap(({ differences }) => differences)).toEqual([])
    const atOnce = new Map(readings.map((reading) => [reading.hour, reading.atOnce]))
    expect(atOnce.get('2026-11-16T10')).toBe(1)
    expect(atOnce.get('2026-11-16T11')).toBe(1)
    expect(atOnce.get('2026-11-17T12')).toBe(2)
  })
})
