import { describe, expect, it } from 'vitest'
import { hourName } from '../../lib/core/index.ts'
import type { LogFields } from '../../lib/log/log.ts'
import { readCompleteness } from '../../lib/query/completeness.ts'
import type { RollupResult } from '../../lib/rollup/roll-up.ts'
import { StorageTrouble } from '../../lib/store/storage-trouble.ts'
import { answerRequest } from '../support/answer-request.ts'
import { salesPipeline } from '../support/sales.ts'
import { at, deliver, run, sale, utc } from '../support/steps.ts'
import {
  contextAt,
  type MemoryWorld,
  memoryWorld,
  runMs,
  storesOn,
  type World,
  worldThrough,
} from '../support/world.ts'
import { changedTexts, expectedRows, rollupTexts } from '../support/world-rows.ts'

const nowMs = at('20T00:00:00')
/** The next run comes once the lease of one that was killed is over. */
const everyMs = runMs + 120_000

/** What befalls whoever reads an hour. */
type Fate = 'kills' | 'fails' | 'takes all time' | undefined

interface Line {
  readonly message: string
  readonly fields: LogFields
}

/** A run, where hours of history may end it; undefined where its process was killed. */
async function runUnder(
  world: World,
  atMs: number,
  fate: (hour: string) => Fate,
  lines: Line[] = [],
): Promise<RollupResult | undefined> {
  let clock = atMs
  const killed = Promise.withResolvers<undefined>()
  const { history, ...stores } = storesOn(world, () => clock)
  const deadly: typeof history = {
    ...history,
    async *read(hourMs) {
      const fated = fate(hourName(hourMs))
      if (fated === 'kills') {
        killed.resolve(undefined)
        await new Promise(() => undefined)
      }
      if (fated === 'fails') throw new StorageTrouble('Reading', new Error('lost'))
      if (fated === 'takes all time') clock = atMs + runMs - 1_000
      yield* history.read(hourMs)
    },
  }
  const context = contextAt(world, atMs, {
    stores: { ...stores, history: deadly },
    nowMs: () => clock,
  })
  const answer = answerRequest(
    { kind: 'run', takeOver: false, soleProcess: false },
    context,
    world.objects,
    (...line) => lines.push({ message: line[1], fields: line[2] }),
  )
  return Promise.race([answer as Promise<RollupResult>, killed.promise])
}

async function worldOf(lines: readonly string[]): Promise<MemoryWorld> {
  const world = memoryWorld()
  await deliver(world, 1, 1, lines, nowMs)
  return world
}

const unfinishedFolds = async (world: World) => {
  const begun = await Array.fromAsync(storesOn(world, () => 0).unfinished.list())
  return begun.map(({ hourMs, times }) => `${hourName(hourMs)} ${times}`)
}

const bad = sale('bad', '16T10:00:00', 'a')
/** Of the same day, of others, and more than are folded beside each other. */
const good = ['16T11', '16T12', '16T13', '16T14', '17T10', '18T10'].map((hour) =>
  sale(hour, `${hour}:00:00`, 'b'),
)
const only = (fated: Fate) => (hour: string) => (hour === '2026-11-16T10' ? fated : undefined)

describe('an hour whose fold does not come to an end', () => {
  it.each(['kills', 'takes all time'] as const)(
    'and %s keeps no other from its rows',
    async (fated) => {
      const world = await worldOf([bad, ...good])
      // Those that were folded beside it when it killed their process come before it in the next runs.
      for (let time = 0; time < 4; time++)
        await runUnder(world, nowMs + time * everyMs, only(fated))
      expect(await rollupTexts(world)).toEqual(expectedRows(good, utc).rollups)
      expect(await changedTexts(world)).toEqual(['hour 2026-11-16T10:00'])
      // What it belongs to says that it is not complete.
      const { changed } = storesOn(world, () => 0)
      const [aggregation] = salesPipeline.aggregations
      if (aggregation === undefined) throw new Error('The pipeline has no aggregation')
      const laterMs = at('30T00:00:00') + 10 * 86_400_000
      const completeness = await readCompleteness(changed, utc, aggregation, laterMs, 300_000)
      for (const grain of ['day', 'week', 'month'] as const) {
        expect(completeness.status(utc.windowAt(grain, at('16T10:00:00')))).toBe('open')
      }

      await run(world, nowMs + 4 * everyMs)
      expect(await rollupTexts(world)).toEqual(expectedRows([bad, ...good], utc).rollups)
      expect(await changedTexts(world)).toEqual([])
      expect(await unfinishedFolds(world)).toEqual([])
    },
  )

  it('is tried after others that were tried less often, though they may be the ones', async () => {
    const world = await worldOf([bad, ...good])
    const fates = [only('kills'), only('kills'), only('kills')]
    const begun: string[][] = []
    for (const [time, fate] of fates.entries()) {
      await runUnder(world, nowMs + time * everyMs, fate)
      begun.push(await unfinishedFolds(world))
    }
    expect(begun[0]).toContain('2026-11-16T10 1')
    expect(begun[2]).toEqual(['2026-11-16T10 3'])
  })

  it('is told by name at the next run, with how often it was begun', async () => {
    const world = await worldOf([bad, ...good])
    const lines: Line[] = []
    await runUnder(world, nowMs, only('takes all time'), lines)
    const hour = '2026-11-16T10'
    expect(lines).toContainEqual({
      message: 'no time left to fold an hour',
      fields: { hour, times: 1 },
    })
    const next: Line[] = []
    await runUnder(world, nowMs + everyMs, only('kills'), next)
    expect(next).toContainEqual({
      message: 'the fold of an hour did not end',
      fields: { hour, times: 1 },
    })
  })

  it('may be an open one, of too many minute rows', async () => {
    const world = await worldOf([bad])
    const openMs = at('16T10:30:00')
    let clock = openMs
    const slow = worldThrough(world, (store) => (request) => {
      if (store === 'minutes') clock += runMs / 2
      return request()
    })
    const timed = { nowMs: () => clock, deadlineMs: openMs + runMs }
    expect(await run(slow, openMs, timed)).toMatchObject({ foldedHours: 0, backlogUnits: 1 })
    expect(await unfinishedFolds(world)).toEqual(['2026-11-16T10 1'])
  })

  it('is not taken for one where it failed, or was marked again since', async () => {
    const world = await worldOf([bad, ...good])
    await expect(runUnder(world, nowMs, only('fails'))).rejects.toThrow('1 units')
    expect(await unfinishedFolds(world)).toEqual([])
    await runUnder(world, nowMs + everyMs, only('takes all time'))
    await deliver(world, 1, 50, [sale('late', '16T10:30:00', 'c')], nowMs)
    await runUnder(world, nowMs + 2 * everyMs, only('takes all time'))
    expect(await unfinishedFolds(world)).toEqual(['2026-11-16T10 2'])
  })
})
