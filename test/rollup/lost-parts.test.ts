import { describe, expect, it } from 'vitest'
import { createCalendar } from '../../lib/core/index.ts'
import { PartLost } from '../../lib/rollup/finer-parts.ts'
import { UnitsFailed } from '../../lib/rollup/work-off.ts'
import { runBackfill } from '../support/run-backfill.ts'
import { byProduct } from '../support/sales.ts'
import { at, countingWrites, deliver, run, sale } from '../support/steps.ts'
import { copyOf, type MemoryWorld, memoryWorld, storesOn } from '../support/world.ts'
import {
  changedTexts,
  expectedRows,
  leaderTexts,
  objectKeys,
  rollupTexts,
} from '../support/world-rows.ts'

// Its days begin at 18:15 UTC, so that an hour has parts of two days.
const calendar = createCalendar('Asia/Kathmandu')
const startMs = at('20T00:00:00')
const quarterMs = 15 * 60_000

const lines = [
  sale('1', '16T10:00:00', 'a'),
  sale('2', '16T18:14:00', 'b'),
  sale('3', '16T18:16:00', 'a'),
  sale('4', '18T12:00:00', 'c'),
]
const late = sale('5', '16T12:00:30', 'a')
const range = { from: '2026-11-16', to: '2026-11-18' }

async function worldWithParts(): Promise<MemoryWorld> {
  const world = memoryWorld()
  await deliver(world, 0, 1, lines, startMs)
  await run(world, startMs, { calendar })
  return world
}

/** The next scheduled runs, until nothing is left to do. Returns what failed in each. */
async function runUntilDone(world: MemoryWorld, fromMs: number): Promise<unknown[]> {
  const failures: unknown[] = []
  for (let nowMs = fromMs; (await changedTexts(world)).length > 0; nowMs += quarterMs) {
    if (failures.length === 10) throw new Error('It never comes to its end')
    await run(world, nowMs, { calendar }).then(
      () => failures.push(undefined),
      (error: unknown) => failures.push(error),
    )
  }
  return failures
}

async function expectRight(world: MemoryWorld, events: readonly string[]) {
  expect(await rollupTexts(world)).toEqual(expectedRows(events, calendar).rollups)
  expect(await changedTexts(world)).toEqual([])
  const whole = memoryWorld()
  await deliver(whole, 0, 1, events, startMs)
  await run(whole, startMs, { calendar })
  const leaders = await leaderTexts(whole, calendar, byProduct)
  expect(await leaderTexts(world, calendar, byProduct)).toEqual(leaders)
}

/** A late event reaches every row that it is part of. */
async function expectGoesOn(world: MemoryWorld, fromMs: number) {
  await deliver(world, 0, 9, [late], fromMs)
  const failures = await runUntilDone(world, fromMs)
  await expectRight(world, [...lines, late])
  return failures
}

/** The names of all parts of a world that is as `worldWithParts` makes it, but for their tokens. */
const folders = async (prefix: string) =>
  (await objectKeys(await worldWithParts(), prefix)).map((key) => key.replace(/[^/]+$/, ''))

async function lose(world: MemoryWorld, prefixes: readonly string[]) {
  for (const prefix of prefixes) {
    const keys = await objectKeys(world, prefix)
    expect(keys).not.toEqual([])
    await world.objects.delete(keys)
  }
}

const kinds = ['hour', 'day', 'week', 'month'].map((kind) => `parts/${kind}/`)
const kindsOfParts = [...kinds.map((kind) => [kind]), ['parts/hour/', 'parts/day/'], ['parts/']]
const eachPart = (await folders('parts/')).map((folder) => [folder])

describe('parts that are lost', () => {
  it.each([...kindsOfParts, ...eachPart])(
    'are made anew by the schedule when they are needed: %s',
    async (...prefixes) => {
      const world = await worldWithParts()
      await lose(world, prefixes)
      const failures = await expectGoesOn(world, startMs + quarterMs)
      // A day finds all of its hours lost at once, and a week all of its days.
      expect(failures.length).toBeLessThanOrEqual(4)
      for (const failure of failures.filter((one) => one !== undefined)) {
        expect(failure).toBeInstanceOf(UnitsFailed)
        expect((failure as Error).cause).toBeInstanceOf(PartLost)
      }
      await lose(world, kinds)
      await deliver(world, 0, 10, [late], startMs)
      await runUntilDone(world, startMs + 20 * quarterMs)
      await expectRight(world, [...lines, late])
    },
  )

  it('are told of by a run that can’t do without them', async () => {
    const world = await worldWithParts()
    await lose(world, ['parts/hour/by-product/2026-11-16T10/'])
    await deliver(world, 0, 9, [late], startMs)
    await expect(run(world, startMs + quarterMs, { calendar })).rejects.toMatchObject({
      message: '1 units of the rollup failed, day by-product#2026-11-16#0 among them',
      cause: {
        name: 'PartLost',
        message: expect.stringContaining('parts/hour/by-product/2026-11-16T10/2026-11-16/0/'),
      },
    })
    expect(await changedTexts(world)).toContain('hour 2026-11-16T10:00')
  })

  it.each([...kindsOfParts, ...eachPart])(
    'are made anew by a backfill: %s',
    async (...prefixes) => {
      const world = await worldWithParts()
      await lose(world, prefixes)
      const clock = { nowMs: startMs }
      const meanwhile = async () =>
        void (await run(world, clock.nowMs, { calendar }).catch(() => {}))
      await runBackfill(world, range, { clock, context: { calendar }, meanwhile })
      await runUntilDone(world, clock.nowMs)
      await expectRight(world, lines)
      expect(await expectGoesOn(world, clock.nowMs + 10 * quarterMs)).toEqual([undefined])
    },
  )

  it('of an hour are made anew by a fold that comes to the same, without writing a row', async () => {
    const world = await worldWithParts()
    await lose(world, ['parts/hour/by-product/2026-11-16T10/'])
    const { counted, writes } = countingWrites(world)
    await deliver(world, 0, 9, [lines[0] ?? ''], startMs)
    await run(counted, startMs + quarterMs, { calendar })
    expect(writes.rollups).toBe(0)
    expect(await expectGoesOn(world, startMs + 2 * quarterMs)).toEqual([undefined])
  })
})

describe('a ledger that was restored', () => {
  it.each([0, 1])('is brought up to date by a backfill, after %i more runs', async (more) => {
    const world = await worldWithParts()
    const { ledger } = copyOf(world)
    const since = [sale('6', '16T10:30:00', 'd'), sale('7', '17T10:00:00', 'a')]
    await deliver(world, 0, 7, since, startMs)
    await run(world, startMs + quarterMs, { calendar })
    const restored = { ...world, ledger }
    for (let count = 0; count < more; count++) {
      await run(restored, startMs + 2 * quarterMs, { calendar })
    }
    const clock = { nowMs: startMs + 3 * quarterMs }
    await runBackfill(
      restored,
      { from: '2026-11-16', to: '2026-11-19' },
      {
        clock,
        context: { calendar },
      },
    )
    // Days at both ends that a few hours of the range are part of, in other zones.
    expect(await runUntilDone(restored, clock.nowMs)).toEqual([undefined])
    await expectRight(restored, [...lines, ...since])
    await deliver(restored, 0, 9, [late], clock.nowMs)
    expect(await runUntilDone(restored, clock.nowMs + quarterMs)).toEqual([undefined])
    await expectRight(restored, [...lines, ...since, late])
  })

  it('has no current part that is not in the bucket once it was backfilled', async () => {
    const world = await worldWithParts()
    await lose(world, ['parts/'])
    await runBackfill(
      world,
      { from: '2026-11-16', to: '2026-11-19' },
      {
        clock: { nowMs: startMs },
        context: { calendar },
      },
    )
    const { registry } = storesOn(world, () => 0)
    const current: string[] = []
    for await (const { pk, sk } of world.ledger.scan()) {
      const [table, kind = ''] = (pk?.S ?? '').split('#')
      if (table !== 'part') continue
      const unit = await registry.read(kind, sk?.S ?? '')
      current.push(...unit.current.map(({ objectKey }) => objectKey))
    }
    expect(current.sort()).toEqual(await objectKeys(world, 'parts/'))
  })
})
