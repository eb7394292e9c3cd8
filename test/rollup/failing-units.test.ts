import { describe, expect, it } from 'vitest'
import { type Unit, unitName } from '../../lib/ledger/unit.ts'
import { describeError } from '../../lib/log/log.ts'
import { UnitsFailed } from '../../lib/rollup/work-off.ts'
import { NotSettled, workOnUnit } from '../../lib/rollup/work-on-unit.ts'
import { lostBefore } from '../support/faulty-stores.ts'
import { at, deliver, monday, run, sale, utc } from '../support/steps.ts'
import {
  type ChangedOptions,
  contextAt,
  memoryWorld,
  runMs,
  storesOn,
  type World,
  worldThrough,
} from '../support/world.ts'
import { changedTexts, expectedRows, objectKeys, rollupTexts } from '../support/world-rows.ts'

const day = { kind: 'day', aggregation: 'by-product', period: '2026-11-16', range: 0 } as const
const hour = { kind: 'hour', hourMs: at('16T10:00:00') } as const
const startMs = at('20T00:00:00')
/** After this long an attempt can't be alive any more. */
const deadMs = runMs + 60_000

/** Tries a unit again and again in a world where it fails, each time once the last try is dead. */
async function failTimes(times: number, world: World, unit: Unit, more: ChangedOptions = {}) {
  for (let time = 0; time < times; time++) {
    const context = contextAt(world, startMs + time * deadMs, more)
    await expect(workOnUnit(context, unit)).rejects.toThrow()
  }
  return startMs + times * deadMs
}

/** A world in which a store refuses all requests but the first few after each to the ledger. */
function refusing(world: World, refused: keyof World, allowed: number): World {
  let requests = 0
  return worldThrough(world, (store) => async (request) => {
    if (store === 'ledger') requests = 0
    if (store === refused && ++requests > allowed) throw lostBefore()
    return request()
  })
}

/** A world in which no part can be written, and all else goes well. */
function refusingParts(world: World): World {
  const refuse = async () => {
    throw lostBefore()
  }
  return {
    ...world,
    objects: { ...refusing(world, 'objects', Infinity).objects, putStream: refuse },
  }
}

const attemptsAt = async (world: World, kind: string, unit: string) =>
  (await storesOn(world, () => 0).registry.read(kind, unit)).attempts.length

describe('a unit that fails again and again', () => {
  it.each([
    ['since nothing can be read', (world: World) => refusing(world, 'objects', 0)],
    ['since its part can not be written', refusingParts],
    ['while its rows are written', (world: World) => refusing(world, 'rollups', 1)],
  ])('comes right in the end when it fails %s', async (_why, breaking) => {
    const world = memoryWorld()
    await deliver(world, 1, 1, monday, startMs)
    await workOnUnit(contextAt(world, startMs), hour)
    const endMs = await failTimes(6_000, breaking(world), day)
    expect(await attemptsAt(world, 'day', unitName(day))).toBeLessThan(5)
    const more = sale('9', '16T10:30:00', 'a', { quantity: 7 })
    await deliver(world, 1, 9, [more], endMs)
    await run(world, endMs)
    expect(await rollupTexts(world)).toEqual(expectedRows([...monday, more], utc).rollups)
    expect(await changedTexts(world)).toEqual([])
    expect(await attemptsAt(world, 'day', unitName(day))).toBe(0)
    expect(await objectKeys(world, 'parts/')).toHaveLength(10)
  })
})

describe('an hour of history that holds an object of somebody else', () => {
  it('fails by its name until it is moved, keeps no other from being done, and loses nothing', async () => {
    const world = memoryWorld()
    await deliver(world, 1, 1, monday, startMs)
    const stray = 'history/2026-11-16/10/purchases.ndjson'
    await world.objects.put(stray, Buffer.from(monday[0] ?? ''))
    const failed = await run(world, startMs).catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(UnitsFailed)
    expect(describeError(failed)).toContain(`${stray} is not named by a batch's cut; move it out`)
    expect(await changedTexts(world)).toEqual(['hour 2026-11-16T10:00'])

    await world.objects.delete([stray])
    await run(world, startMs + 1)
    expect(await rollupTexts(world)).toEqual(expectedRows(monday, utc).rollups)
    expect(await changedTexts(world)).toEqual([])
  })
})

describe('an hour of many parts that fails again and again', () => {
  it('comes right in the end, and leaves no object behind', async () => {
    const world = memoryWorld()
    const lines = Array.from({ length: 40 }, (_, id) => sale(`${id}`, '16T10:00:00', `p${id}`))
    await deliver(world, 1, 1, lines, startMs)
    const sharp = { keyRanges: 100 }
    // Some of the parts are written, and then there is a fault.
    const endMs = await failTimes(300, refusing(world, 'objects', 12), hour, sharp)
    expect(await attemptsAt(world, 'hour', 'by-product#2026-11-16T10')).toBeLessThan(5)
    await run(world, endMs, sharp)
    expect(await rollupTexts(world)).toEqual(expectedRows(lines, utc).rollups)
    expect(await changedTexts(world)).toEqual([])
    const known = new Set<string>()
    const { registry } = storesOn(world, () => 0)
    for await (const { pk, sk } of world.ledger.scan()) {
      const [table, kind = ''] = (pk?.S ?? '').split('#')
      if (table !== 'part') continue
      for (const { objectKey } of (await registry.read(kind, sk?.S ?? '')).current) {
        known.add(objectKey)
      }
    }
    expect(await objectKeys(world, 'parts/')).toEqual([...known].sort())
  })
})

describe('dead attempts that are joined', () => {
  // As former versions marked and wrote them, and as today's does.
  it.each(
    ['.ndjson.gz', '.ndjson.zst'].flatMap((ending) => [0, 1, 2, 3].map((odd) => ({ ending, odd }))),
  )(
    'are remembered where number $odd of them says something else, in $ending',
    async ({ ending, odd }) => {
      const world = memoryWorld()
      await deliver(world, 1, 1, monday, startMs)
      await run(world, startMs)
      const { registry, parts } = storesOn(world, () => startMs)
      const unit = unitName(day)
      const [current] = (await registry.read('day', unit)).current
      const rows = await Array.fromAsync(parts.read(current?.objectKey ?? ''))
      const changed = rows.map((row, index) => {
        return index === 0 ? { ...row, state: row.state?.map(() => '5') } : row
      })
      for (const token of ['0', '1', '2', '3']) {
        const before = await registry.read('day', unit)
        await registry.begin('day', unit, before, { token, ending, deadlineMs: startMs })
        const written = token === String(odd) ? changed : rows
        await parts.write(`parts/day/by-product/2026-11-16/0/${token}${ending}`, written)
      }
      const right = await rollupTexts(world)
      const key = { pk: `by-product#${rows[0]?.key}`, sk: 'day#2026-11-16' }
      const item = await world.rollups.get(key)
      await world.rollups.put({ ...item, events: { N: '5' } })
      expect(await rollupTexts(world)).not.toEqual(right)

      // The first joins them and fails, the second finds one in their place.
      const broken = refusing(world, 'rollups', 0)
      await expect(workOnUnit(contextAt(broken, startMs), day)).rejects.toThrow()
      expect(await attemptsAt(world, 'day', unit)).toBe(2)
      await expect(workOnUnit(contextAt(world, startMs + 1), day)).rejects.toThrow(NotSettled)
      expect(await rollupTexts(world)).toEqual(right)
      expect(await attemptsAt(world, 'day', unit)).toBe(1)
    },
  )
})
