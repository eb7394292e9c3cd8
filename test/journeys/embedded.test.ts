import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCalendar } from '../../lib/core/index.ts'
import { type RollupResult, rollUp } from '../../lib/rollup/roll-up.ts'
import { type EmbeddedStores, openEmbeddedStores } from '../conformance/embedded-stores.ts'
import { byProduct } from '../support/sales.ts'
import { batchOf, lineOf, type SequencedLine } from '../support/sales-batches.ts'
import { apply } from '../support/steps.ts'
import { contextAt, memoryWorld, type World } from '../support/world.ts'
import {
  changedTexts,
  expectedRows,
  leaderTexts,
  minuteTexts,
  objectKeys,
  rollupTexts,
} from '../support/world-rows.ts'

const calendar = createCalendar('Australia/Lord_Howe')
const startMs = Date.parse('2026-04-04T12:00:00Z')
const minuteMs = 60_000

let stores: EmbeddedStores
let embedded: World
beforeAll(async () => {
  stores = await openEmbeddedStores(3)
  const [minutes, rollups, ledger] = stores.tables
  if (!minutes || !rollups || !ledger) throw new Error('A table is missing')
  embedded = { minutes, rollups, ledger, objects: stores.objects }
})
afterAll(() => stores.close())

const awkward = ['a', '#', '|', '~', '\u0000', '__proto__', '🧺', 'é', 'x'.repeat(32)]

/** Purchases over five hours, around a day's beginning and a change of clocks by half an hour. */
const lines = Array.from({ length: 300 }, (_, index) =>
  lineOf({
    id: `e${index}`,
    at: new Date(startMs + ((index * 37) % 300) * minuteMs).toISOString(),
    product: awkward[index % awkward.length] ?? 'a',
    quantity: index % 50 === 49 ? Number.MAX_SAFE_INTEGER : (index % 9) - 2,
    price: ['0.01', '2.50', '90071992547409.91'][index % 3] ?? '1',
  }),
)

const numbered = (from: number, some: readonly string[]) =>
  some.map((line, index): SequencedLine => [from + index, line])

/** The same purchases over two shards, some redelivered, one late, with rollups in between. */
async function play(world: World): Promise<RollupResult[]> {
  const results: RollupResult[] = []
  const openMs = startMs + 290 * minuteMs
  const deliver = async (shard: number, from: number, to: number, nowMs: number) => {
    await apply(world, batchOf(shard, numbered(from, lines.slice(from, to)), nowMs))
  }
  const roll = async (nowMs: number) => {
    results.push(
      await rollUp(contextAt(world, nowMs, { calendar, keyRanges: 2, runId: String(nowMs) })),
    )
  }
  await deliver(0, 0, 120, openMs)
  await deliver(1, 150, 299, openMs)
  await roll(openMs)
  await deliver(0, 100, 150, openMs)
  // A producer's duplicates: the same events by another shard.
  await deliver(2, 0, 20, openMs)
  await roll(openMs + minuteMs)
  await roll(openMs + 60 * minuteMs)
  await deliver(0, 299, 300, openMs + 70 * minuteMs)
  await roll(openMs + 80 * minuteMs)
  await roll(openMs + 90 * minuteMs)
  return results
}

describe('both functions on embedded servers', () => {
  it('come to the rows that are right, and do what they do on stores in memory', async () => {
    const memory = memoryWorld()
    const [onServers, inMemory] = [await play(embedded), await play(memory)]
    expect(onServers).toEqual(inMemory)
    const expected = expectedRows(lines, calendar)
    for (const world of [embedded, memory]) {
      expect(await rollupTexts(world)).toEqual(expected.rollups)
      expect(await minuteTexts(world)).toEqual(expected.minutes)
      expect(await changedTexts(world)).toEqual([])
    }
    expect(await leaderTexts(embedded, calendar, byProduct)).toEqual(
      await leaderTexts(memory, calendar, byProduct),
    )
  })

  it('tell of a part that is lost, and make it anew', async () => {
    const sold = (id: string, time: string) =>
      lineOf({ id, at: `2026-05-04T${time}Z`, product: 'a' })
    const sales = [sold('1', '10:00:00'), sold('2', '11:00:00')]
    const nowMs = Date.parse('2026-05-05T00:00:00Z')
    const deliverAndRoll = async (from: number, some: readonly string[], atMs: number) => {
      await apply(embedded, batchOf(7, numbered(from, some), atMs))
      await rollUp(contextAt(embedded, atMs, { calendar, keyRanges: 2 }))
    }
    await deliverAndRoll(1, sales.slice(0, 1), nowMs)
    const parts = await objectKeys(embedded, 'parts/hour/by-product/2026-05-04T10/')
    await embedded.objects.delete(parts)
    await expect(deliverAndRoll(2, sales.slice(1), nowMs + 15 * minuteMs)).rejects.toMatchObject({
      cause: { name: 'PartLost', message: expect.stringContaining(parts[0] ?? 'one part') },
    })
    await deliverAndRoll(2, [], nowMs + 30 * minuteMs)
    const ofMay = (texts: readonly string[]) => texts.filter((text) => text.includes(' 2026-05'))
    const expected = ofMay(expectedRows(sales, calendar).rollups)
    expect(ofMay(await rollupTexts(embedded))).toEqual(expected)
    expect(await changedTexts(embedded)).toEqual([])
  })
})
