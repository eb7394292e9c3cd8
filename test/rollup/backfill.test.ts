import { describe, expect, it } from 'vitest'
import { parseRequest } from '../../lib/rollup/request.ts'
import { MemoryTable } from '../../lib/store/memory/memory-table.ts'
import { answerRequest } from '../support/answer-request.ts'
import { runBackfill as runBackfillFrom } from '../support/run-backfill.ts'
import { byProduct } from '../support/sales.ts'
import { batchOf, lineOf, type SequencedLine } from '../support/sales-batches.ts'
import { apply, utc } from '../support/steps.ts'
import { contextAt, copyOf, type MemoryWorld, memoryWorld, storesOn } from '../support/world.ts'
import { changedTexts, leaderTexts, minuteTexts, rollupTexts } from '../support/world-rows.ts'

const nowMs = Date.parse('2026-12-10T12:00:00Z')

/** A world with events of three days, two of them in one month and the same week. */
async function worldWithEvents(): Promise<MemoryWorld> {
  const world = memoryWorld()
  const times = ['2026-11-29T10:00:00Z', '2026-11-30T23:59:00Z', '2026-12-01T00:00:00Z']
  const records = times.map((at, index): SequencedLine => {
    return [index, lineOf({ id: `${index}`, at, product: 'a', price: '2.5' })]
  })
  await apply(world, batchOf(0, records, nowMs))
  return world
}

const runBackfill = (world: MemoryWorld, range: { from: string; to: string }) =>
  runBackfillFrom(world, range, { clock: { nowMs } })

const runSchedule = (world: MemoryWorld) =>
  answerRequest(parseRequest({}), contextAt(world, nowMs), world.objects, () => undefined)

async function textsOf(world: MemoryWorld) {
  return [
    await minuteTexts(world),
    await rollupTexts(world),
    await leaderTexts(world, utc, byProduct),
  ]
}

describe('a backfill', () => {
  it('makes the rows that the schedule would have made, and clears their marks', async () => {
    const scheduled = await worldWithEvents()
    const backfilled = copyOf(scheduled)
    await runSchedule(scheduled)
    await runBackfill(backfilled, { from: '2026-11-29', to: '2026-12-02' })
    expect(await textsOf(backfilled)).toEqual(await textsOf(scheduled))
    expect(await changedTexts(backfilled)).toEqual([])
  })

  it('makes rows anew that are gone from the table with their parts', async () => {
    const world = await worldWithEvents()
    await runSchedule(world)
    const before = await textsOf(world)
    const bare = { ...world, rollups: new MemoryTable(), ledger: new MemoryTable() }
    await runBackfill(bare, { from: '2026-11-29', to: '2026-12-02' })
    expect(await textsOf(bare)).toEqual(before)
  })

  it('changes nothing where all is right', async () => {
    const world = await worldWithEvents()
    await runSchedule(world)
    const before = await textsOf(world)
    await runBackfill(world, { from: '2026-11-01', to: '2026-12-20' })
    expect(await textsOf(world)).toEqual(before)
    expect(await changedTexts(world)).toEqual([])
  })

  it.each([
    ['2026-11-30', '2026-11-29'],
    ['2026-11-31', '2026-12-02'],
    ['2026-12-11', '2026-12-12'],
  ])('refuses the range %s to %s', async (from, to) => {
    await expect(runBackfill(memoryWorld(), { from, to })).rejects.toMatchObject({
      name: 'BadRange',
    })
  })

  it('leaves a unit to the schedule when its worker dies, but only once it surely has', async () => {
    const world = await worldWithEvents()
    const unit = { kind: 'hour', hourMs: Date.parse('2026-11-29T10:00:00Z') } as const
    const { changed } = storesOn(world, () => nowMs)
    await changed.markOne(unit, nowMs, nowMs + 1_000)
    await runSchedule(world)
    expect(await changedTexts(world)).toHaveLength(1)
    const later = contextAt(world, nowMs + 1_001)
    await answerRequest(parseRequest({}), later, world.objects, () => undefined)
    expect(await changedTexts(world)).toEqual([])
  })

  it('refuses requests that make no sense', () => {
    expect(() => parseRequest(null)).toThrow('not an object')
    expect(() => parseRequest({ plan: { id: 'x' } })).toThrow('id, from and to')
    expect(() => parseRequest({ unit: { kind: 'hour', hour: '2026-11-29T25' } })).toThrow('none')
    expect(() => parseRequest({ unit: { kind: 'day', period: '2026-11-29' } })).toThrow('none')
  })
})
