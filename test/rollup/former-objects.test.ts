import { describe, expect, it } from 'vitest'
import { hourUnit, unitName } from '../../lib/ledger/unit.ts'
import { lostAfter } from '../support/faulty-stores.ts'
import { asFormerVersion } from '../support/former-version.ts'
import { at, countingWrites, deliver, monday, run, sale, utc } from '../support/steps.ts'
import { type MemoryWorld, memoryWorld, runMs, storesOn, worldThrough } from '../support/world.ts'
import { changedTexts, expectedRows, objectKeys, rollupTexts } from '../support/world-rows.ts'

const startMs = at('20T00:00:00')
const laterMs = startMs + 60 * 60_000
const late = sale('5', '16T10:30:00', 'a')
const day = { kind: 'day', aggregation: 'by-product', period: '2026-11-16', range: 0 } as const

/** A world in which a former version has done all that there was to do. */
async function formerWorld(): Promise<MemoryWorld> {
  const world = memoryWorld()
  await deliver(world, 1, 1, monday, startMs)
  await run(world, startMs)
  await asFormerVersion(world)
  const keys = await objectKeys(world, '')
  expect(keys.length).toBeGreaterThan(5)
  expect(keys.filter((key) => !key.endsWith('.ndjson.gz'))).toEqual([])
  return world
}

async function expectRight(world: MemoryWorld, lines: readonly string[]) {
  expect(await rollupTexts(world)).toEqual(expectedRows(lines, utc).rollups)
  expect(await changedTexts(world)).toEqual([])
}

describe('what former versions wrote in gzip', () => {
  it('is counted once with what comes in zstd, also where the same cut comes again', async () => {
    const world = await formerWorld()
    const before = await objectKeys(world, 'history/')
    await deliver(world, 1, 1, monday, laterMs)
    const history = await objectKeys(world, 'history/')
    const twins = before.map((key) => key.replace(/gz$/, 'zst'))
    expect(history).toEqual([...before, ...twins].sort())
    await deliver(world, 1, 1 + monday.length, [late], laterMs)
    expect(await run(world, laterMs)).toMatchObject({ duplicatesDropped: monday.length })
    await expectRight(world, [...monday, late])
    expect(await objectKeys(world, 'history/')).toEqual(expect.arrayContaining(history))
  })

  it('stays current where it holds the same, and no row is written again', async () => {
    const world = await formerWorld()
    const before = await objectKeys(world, 'parts/')
    const { writes, counted } = countingWrites(world)
    // One hour is marked as changed by what it holds already.
    await deliver(world, 1, 1, monday, laterMs)
    await run(counted, laterMs)
    expect(writes.rollups).toBe(0)
    expect(await objectKeys(world, 'parts/')).toEqual(before)
    await expectRight(world, monday)
  })

  it('is replaced and removed where it holds something else', async () => {
    const world = await formerWorld()
    const before = await objectKeys(world, 'parts/')
    await deliver(world, 1, 1 + monday.length, [late], laterMs)
    await run(world, laterMs)
    await expectRight(world, [...monday, late])
    const after = await objectKeys(world, 'parts/')
    // The other hour of the day did not change.
    const left = after.filter((key) => key.endsWith('.gz'))
    expect(left).toEqual(before.filter((key) => key.includes('/2026-11-16T23/')))
    expect(after.length).toBe(before.length)
  })

  it('tells which rows an attempt wrote that was cut short, and is removed then', async () => {
    const world = memoryWorld()
    await deliver(world, 1, 1, monday, startMs)
    await run(world, startMs)
    const before = await objectKeys(world, 'history/')
    await deliver(world, 1, 9, [sale('5', '16T10:30:00', 'gone soon')], startMs)
    const broken = worldThrough(world, (store) => async (request) => {
      const answer = await request()
      if (store === 'rollups' && answer === 1) throw lostAfter()
      return answer
    })
    await expect(run(broken, startMs)).rejects.toThrow()
    expect(await rollupTexts(world)).not.toEqual(expectedRows(monday, utc).rollups)
    await asFormerVersion(world)
    const { registry, changed } = storesOn(world, () => startMs)
    const [attempt, ...others] = (await registry.read('day', unitName(day))).attempts
    expect([attempt?.ending, others]).toEqual(['.ndjson.gz', []])
    const left = `parts/day/by-product/2026-11-16/0/${attempt?.token}.ndjson.gz`
    expect(await objectKeys(world, 'parts/')).toContain(left)

    // With the event taken out of history, only that part tells of the row.
    const kept = new Set(before.map((key) => key.replace(/zst$/, 'gz')))
    const history = await objectKeys(world, 'history/')
    await world.objects.delete(history.filter((key) => !kept.has(key)))
    await changed.mark([hourUnit(at('16T10:00:00'))], startMs)
    await run(world, startMs + runMs + 60_000)
    await expectRight(world, monday)
    expect(await objectKeys(world, 'parts/')).not.toContain(left)
  })
})
