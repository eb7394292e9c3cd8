import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCalendar } from '../../lib/core/index.ts'
import { rollUp } from '../../lib/rollup/roll-up.ts'
import { byProduct } from '../support/sales.ts'
import { batchOf, lineOf, type SequencedLine } from '../support/sales-batches.ts'
import { apply } from '../support/steps.ts'
import { contextAt, memoryWorld, type World } from '../support/world.ts'
import {
  changedTexts,
  expectedRows,
  leaderTexts,
  minuteTexts,
  rollupTexts,
} from '../support/world-rows.ts'

const hourMs = 3_600_000
const minuteMs = 60_000

/** Zones with the instant of a change of clocks, or another edge, around which events are dated. */
const edges = [
  { zone: 'UTC', edge: '2026-03-01T00:00:00Z' },
  { zone: 'Europe/London', edge: '2026-03-29T01:00:00Z' },
  { zone: 'Asia/Kathmandu', edge: '2026-05-31T18:15:00Z' },
  { zone: 'Australia/Lord_Howe', edge: '2026-04-04T15:00:00Z' },
  { zone: 'Australia/Lord_Howe', edge: '2026-10-03T15:30:00Z' },
  { zone: 'America/Sao_Paulo', edge: '2018-11-04T03:00:00Z' },
  { zone: 'Pacific/Apia', edge: '2011-12-30T10:00:00Z' },
  { zone: 'America/St_Johns', edge: '2006-10-29T02:31:00Z' },
  { zone: 'America/St_Johns', edge: '2009-11-01T02:31:00Z' },
].map(({ zone, edge }) => ({ calendar: createCalendar(zone), edgeMs: Date.parse(edge) }))

interface Delivery {
  readonly shard: number
  /** How many new records, and how many of those before them once more. */
  readonly fresh: number
  readonly again: number
  /** What the clock goes on by before it, and whether the rollup runs after it. */
  readonly waitMs: number
  readonly thenRollUp: boolean
}

interface Sale {
  /** Now and then the number of an event that was there before, to come again. */
  readonly duplicateOf: number | null
  readonly minutesFromEdge: number
  readonly product: string
  readonly quantity: number
  readonly price: string
}

const sales = fc.record<Sale>({
  duplicateOf: fc.option(fc.nat(20), { freq: 3 }),
  minutesFromEdge: fc.integer({ min: -130, max: 130 }),
  product: fc.constantFrom('a', 'b', 'a|b', '\u0000'),
  quantity: fc.oneof(fc.integer({ min: -3, max: 9 }), fc.constant(Number.MAX_SAFE_INTEGER)),
  price: fc.constantFrom('0.01', '2.5', '1e2', '90071992547409.91'),
})

const deliveries = fc.array(
  fc.record<Delivery>({
    shard: fc.nat(1),
    fresh: fc.integer({ min: 0, max: 4 }),
    again: fc.nat(3),
    waitMs: fc.constantFrom(0, minuteMs, 20 * minuteMs, hourMs),
    thenRollUp: fc.boolean(),
  }),
  { maxLength: 12 },
)

interface Scenario {
  readonly edge: (typeof edges)[number]
  readonly events: readonly Sale[]
  readonly deliveries: readonly Delivery[]
  readonly keyRanges: number
}

const scenarios = fc.record<Scenario>({
  edge: fc.constantFrom(...edges),
  events: fc.array(sales, { minLength: 1, maxLength: 16 }),
  deliveries,
  keyRanges: fc.constantFrom(1, 1, 3),
})

function linesOf({ events, edge }: Scenario): string[] {
  const lines: string[] = []
  for (const [index, { duplicateOf, minutesFromEdge, ...rest }] of events.entries()) {
    const at = new Date(edge.edgeMs + minutesFromEdge * minuteMs).toISOString()
    const earlier = duplicateOf === null ? undefined : lines[duplicateOf]
    lines.push(earlier ?? lineOf({ id: `e${index}`, at, ...rest }))
  }
  return lines
}

/** Delivers all lines over two shards, in their order and at least once, with rollups in between. */
async function play(world: World, scenario: Scenario): Promise<void> {
  const { edge, keyRanges, deliveries: plan } = scenario
  const lines = linesOf(scenario)
  const perShard = [0, 1].map((shard) =>
    lines.filter((_, index) => index % 2 === shard).map((line, at): SequencedLine => [at, line]),
  )
  const checkpoints = [0, 0]
  // The earliest that no event is too far ahead of.
  let nowMs = edge.edgeMs + 70 * minuteMs
  const deliver = async (shard: number, from: number, to: number) => {
    const batch = perShard[shard]?.slice(from, to) ?? []
    if (batch.length === 0) return
    await apply(world, batchOf(shard, batch, nowMs))
    checkpoints[shard] = Math.max(checkpoints[shard] ?? 0, to)
  }
  const roll = () => rollUp(contextAt(world, nowMs, { calendar: edge.calendar, keyRanges }))
  for (const { shard, fresh, again, waitMs, thenRollUp } of plan) {
    nowMs += waitMs
    const checkpoint = checkpoints[shard] ?? 0
    await deliver(shard, Math.max(0, checkpoint - again), checkpoint + fresh)
    if (thenRollUp) await roll()
  }
  for (const shard of [0, 1]) await deliver(shard, checkpoints[shard] ?? 0, lines.length)
  nowMs = edge.edgeMs + 10 * hourMs
  await roll()
}

describe('whatever comes in whatever order', () => {
  it('comes to the same rows as each event counted once', async () => {
    await fc.assert(
      fc.asyncProperty(scenarios, async (scenario) => {
        const world = memoryWorld()
        await play(world, scenario)
        const expected = expectedRows(linesOf(scenario), scenario.edge.calendar)
        expect(await rollupTexts(world)).toEqual(expected.rollups)
        expect(await minuteTexts(world)).toEqual(expected.minutes)
        expect(await changedTexts(world)).toEqual([])
      }),
      { numRuns: 60 },
    )
  })
})

describe('several key ranges', () => {
  it('make the same rows as one, with leaders of their own', async () => {
    const [edge] = edges
    if (edge === undefined) throw new Error('There is no edge')
    const events = Array.from({ length: 40 }, (_, index) => ({
      duplicateOf: null,
      minutesFromEdge: index - 20,
      product: `p${index}`,
      quantity: index,
      price: '1',
    }))
    const worlds = await Promise.all(
      [1, 4].map(async (keyRanges) => {
        const world = memoryWorld()
        await play(world, { edge, events, deliveries: [], keyRanges })
        return world
      }),
    )
    const [one, four] = await Promise.all(worlds.map((world) => rollupTexts(world)))
    expect(four).toEqual(one)
    const leaders = await Promise.all(
      worlds.map((world) => leaderTexts(world, edge.calendar, byProduct)),
    )
    const months = leaders.map((texts) => texts.find((text) => text.startsWith('month 2026-03')))
    const ranges = months.map((text) => text?.replace('month 2026-03: ', '').split(' / ') ?? [])
    expect(ranges.map(({ length }) => length)).toEqual([1, 4])
    const sizes = ranges[1]?.map((range) => range.split(' ').map((key) => Number(key.slice(1))))
    for (const some of sizes ?? []) expect(some).toEqual(some.toSorted((a, b) => b - a))
    expect(ranges[1]?.flatMap((range) => range.split(' ')).sort()).toEqual(
      ranges[0]?.flatMap((range) => range.split(' ')).sort(),
    )
  })
})
