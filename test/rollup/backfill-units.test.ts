import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createCalendar } from '../../lib/core/index.ts'
import type { Unit } from '../../lib/ledger/unit.ts'
import { BadRange, planBackfill } from '../../lib/rollup/plan-backfill.ts'
import { BadRequest, parseRequest, type UnitLine } from '../../lib/rollup/request.ts'
import { rollUp } from '../../lib/rollup/roll-up.ts'
import { NotSettled, workOnUnit } from '../../lib/rollup/work-on-unit.ts'
import { lostBefore } from '../support/faulty-stores.ts'
import { lineOf } from '../support/sales-batches.ts'
import { utc } from '../support/steps.ts'
import {
  contextAt,
  memoryWorld,
  runMs,
  storesOn,
  type World,
  worldThrough,
} from '../support/world.ts'
import { changedTexts, expectedRows, rollupTexts } from '../support/world-rows.ts'

const calendar = createCalendar('Asia/Kathmandu')
const nowMs = Date.parse('2026-11-25T00:00:00Z')
const heldMs = runMs + 60_000

/** Lines straight into history, as an import brings them, with no mark in the ledger. */
async function importLines(world: World, name: string, hour: string, lines: readonly string[]) {
  const cut = { lane: name, firstSequenceNumber: '1', lastSequenceNumber: String(lines.length) }
  await storesOn(world, () => nowMs).history.append(
    cut,
    Date.parse(`${hour}:00:00Z`),
    lines.map((line) => Buffer.from(line)),
  )
}

const sale = (id: string, at: string, product = 'a') => lineOf({ id, at: `${at}Z`, product })

async function readLines(world: World, key: string): Promise<UnitLine[]> {
  const bytes = Buffer.concat(await Array.fromAsync((await world.objects.get(key)) ?? []))
  const lines = bytes.toString().split('\n')
  expect(lines.pop()).toBe('')
  return lines.map((line) => JSON.parse(line))
}

function unitOf(line: UnitLine): Unit {
  const request = parseRequest({ unit: line })
  if (request.kind !== 'unit') throw new Error('It is no unit')
  return request.unit
}

const work = (world: World, atMs: number, line: UnitLine) =>
  workOnUnit(contextAt(world, atMs, { calendar }), unitOf(line))

describe('a request', () => {
  it.each<[unknown, object]>([
    [{}, { kind: 'run', takeOver: false, soleProcess: false }],
    [{ takeOver: true }, { kind: 'run', takeOver: true, soleProcess: false }],
    [{ takeOver: 'yes' }, { kind: 'run', takeOver: false, soleProcess: false }],
    [{ soleProcess: true }, { kind: 'run', takeOver: true, soleProcess: true }],
    [{ soleProcess: 1 }, { kind: 'run', takeOver: false, soleProcess: false }],
    [
      { plan: { id: 'x', from: '2026-11-01', to: '2026-11-02' } },
      { kind: 'plan', id: 'x', from: '2026-11-01', to: '2026-11-02' },
    ],
    [
      { unit: { kind: 'hour', hour: '2026-11-01T00' } },
      { kind: 'unit', unit: { kind: 'hour', hourMs: Date.parse('2026-11-01T00:00Z') } },
    ],
    [
      { unit: { kind: 'week', aggregation: 'a', period: '2026-W01', range: 2 } },
      { kind: 'unit', unit: { kind: 'week', aggregation: 'a', period: '2026-W01', range: 2 } },
    ],
  ])('%j is understood', (request, parsed) => {
    expect(parseRequest(request)).toEqual(parsed)
  })

  type Refused = [message: string, request: unknown]
  const day = { kind: 'day', aggregation: 'a', period: '2026-11-01', range: 0 }
  it.each([
    ...[null, 'run', undefined, []].map(
      (request): Refused => ['The request is not an object', request],
    ),
    ...[
      '2026-11-01',
      null,
      { id: 'x', from: '2026-11-01' },
      { id: 1, from: '2026-11-01', to: '2026-11-02' },
    ].map((plan): Refused => ['A plan needs the texts id, from and to', { plan }]),
    ...[
      'hour',
      [],
      {},
      { kind: 'hour', hour: '2026-11-01T24' },
      { ...day, kind: 'minute' },
      ...['0', -1, 0.5, Number.NaN, 1e300].map((range) => ({ ...day, range })),
    ].map((unit): Refused => ['The unit is none', { unit }]),
  ])('is refused: %s, as in %j', (message, request) => {
    expect(() => parseRequest(request)).toThrow(BadRequest)
    expect(() => parseRequest(request)).toThrow(message)
  })
})

describe('a unit that is none', () => {
  it.each<[UnitLine]>([
    [{ kind: 'day', aggregation: 'by-color', period: '2026-11-01', range: 0 }],
    [{ kind: 'day', aggregation: 'by-product#2026-11-01', period: '2026-11-01', range: 0 }],
    [{ kind: 'day', aggregation: 'by-product', period: '2026-W01', range: 0 }],
    [{ kind: 'week', aggregation: 'by-product', period: '2026-W54', range: 0 }],
    [{ kind: 'month', aggregation: 'by-product', period: '2026-11#0', range: 0 }],
    [{ kind: 'month', aggregation: 'by-product', period: '__proto__', range: 0 }],
    [{ kind: 'month', aggregation: 'by-product', period: '2026-11', range: 1 }],
  ])(
    'is refused before it is marked, which would fail every run from then on: %j',
    async (line) => {
      const world = memoryWorld()
      await expect(work(world, nowMs, line)).rejects.toThrow(BadRequest)
      expect(await changedTexts(world)).toEqual([])
      await expect(rollUp(contextAt(world, nowMs, { calendar }))).resolves.toMatchObject({
        held: true,
      })
    },
  )
})

describe('the plan of a backfill', () => {
  it('lists the hours of a range, its days, and the weeks and months of these', async () => {
    const world = memoryWorld()
    const context = contextAt(world, nowMs, { calendar, keyRanges: 2 })
    const range = { id: 'one', from: '2026-11-01', to: '2026-11-03' }
    const plan = await planBackfill(context, world.objects, range)
    expect(plan).toEqual({
      hours: 'backfill/one/hours.jsonl',
      days: 'backfill/one/days.jsonl',
      weeksAndMonths: 'backfill/one/weeks-and-months.jsonl',
      results: 'backfill/one/results',
    })
    const hours = await readLines(world, plan.hours)
    // From 18:15 of the day before: the hours at both ends lie in two days.
    expect(hours).toHaveLength(49)
    expect(hours[0]).toEqual({ kind: 'hour', hour: '2026-10-31T18' })
    expect(hours.at(-1)).toEqual({ kind: 'hour', hour: '2026-11-02T18' })
    const names = (lines: UnitLine[]) =>
      lines.map((line) =>
        line.kind === 'hour' ? '' : `${line.aggregation} ${line.kind} ${line.period} ${line.range}`,
      )
    const units = (period: string) =>
      ['by-product', 'by-price'].flatMap((name) => [0, 1].map((at) => `${name} ${period} ${at}`))
    expect(names(await readLines(world, plan.days))).toEqual(
      ['day 2026-11-01', 'day 2026-11-02'].flatMap(units),
    )
    expect(names(await readLines(world, plan.weeksAndMonths))).toEqual(
      ['week 2026-W44', 'week 2026-W45', 'month 2026-11'].flatMap(units),
    )
  })

  it('leaves out the hours that are not over', async () => {
    const world = memoryWorld()
    const at = Date.parse('2026-11-02T03:05:00Z')
    const range = { id: 'two', from: '2026-11-02', to: '2026-11-05' }
    const plan = await planBackfill(contextAt(world, at), world.objects, range)
    const hours = await readLines(world, plan.hours)
    expect(hours).toEqual([
      { kind: 'hour', hour: '2026-11-02T00' },
      { kind: 'hour', hour: '2026-11-02T01' },
      { kind: 'hour', hour: '2026-11-02T02' },
    ])
    expect(await readLines(world, plan.days)).toHaveLength(2)
    const sooner = await planBackfill(contextAt(world, at - 1), world.objects, range)
    expect(await readLines(world, sooner.hours)).toEqual(hours.slice(0, 2))
  })

  it('begins no sooner than any event can be dated', async () => {
    const world = memoryWorld()
    const range = { id: 'three', from: '0206-11-02', to: '2000-01-02' }
    const plan = await planBackfill(contextAt(world, nowMs), world.objects, range)
    const hours = await readLines(world, plan.hours)
    expect(hours).toHaveLength(24)
    expect(hours[0]).toEqual({ kind: 'hour', hour: '2000-01-01T00' })
  })

  it.each([
    ['2026-11-02', '2026-11-31', '"2026-11-02" to "2026-11-31" are no days in UTC'],
    ['yesterday', '2026-11-02', '"yesterday" to "2026-11-02" are no days in UTC'],
    ['2026-11-02', '2026-11-02', 'No hour from 2026-11-02 to 2026-11-02 is over'],
    ['2026-11-02', '2026-11-01', 'No hour from 2026-11-02 to 2026-11-01 is over'],
    ['2026-12-01', '2026-12-02', 'No hour from 2026-12-01 to 2026-12-02 is over'],
  ])('is refused for %s to %s', async (from, to, message) => {
    const world = memoryWorld()
    const planning = planBackfill(contextAt(world, nowMs), world.objects, { id: 'x', from, to })
    await expect(planning).rejects.toThrow(new BadRange(message))
  })
})

describe('the units of a backfill', () => {
  it('come to the rows of history, done one by one, and leave no mark behind', async () => {
    const world = memoryWorld()
    const ofOctober = [sale('1', '2026-10-31T18:14:00'), sale('2', '2026-10-31T18:15:00', 'b')]
    const twice = sale('3', '2026-11-02T10:00:00')
    // An hour that is in the range with its first quarter alone.
    const atTheEnd = sale('4', '2026-11-02T18:10:00')
    await importLines(world, 'a', '2026-10-31T18', ofOctober)
    await importLines(world, 'a', '2026-11-02T10', [twice, twice])
    await importLines(world, 'a', '2026-11-02T18', [atTheEnd])
    const range = { id: 'all', from: '2026-10-31', to: '2026-11-03' }
    const plan = await planBackfill(contextAt(world, nowMs, { calendar }), world.objects, range)
    let duplicatesDropped = 0
    for (const list of [plan.hours, plan.days, plan.weeksAndMonths]) {
      for (const line of await readLines(world, list)) {
        duplicatesDropped += (await work(world, nowMs, line)).duplicatesDropped
      }
    }
    expect(duplicatesDropped).toBe(1)
    const expected = expectedRows([...ofOctober, twice, atTheEnd], calendar)
    expect(await rollupTexts(world)).toEqual(expected.rollups)
    expect(await changedTexts(world)).toEqual([])
  })

  const hourLine: UnitLine = { kind: 'hour', hour: '2026-11-22T10' }
  const dayLine: UnitLine = {
    kind: 'day',
    aggregation: 'by-product',
    period: '2026-11-22',
    range: 0,
  }
  const old = sale('1', '2026-11-22T10:00:00')

  it('that a worker has are left alone by scheduled runs, until it can be alive no more', async () => {
    const world = memoryWorld()
    await importLines(world, 'a', '2026-11-22T10', [old])
    let scheduled: unknown
    const dying = worldThrough(world, (store) => async (request) => {
      if (store === 'objects') {
        scheduled ??= await rollUp(contextAt(world, nowMs + 1))
        throw lostBefore()
      }
      return request()
    })
    await expect(work(dying, nowMs, hourLine)).rejects.toThrow()
    expect(scheduled).toMatchObject({ held: true, foldedHours: 0 })
    expect(await rollUp(contextAt(world, nowMs + heldMs - 1))).toMatchObject({ foldedHours: 0 })
    expect(await rollUp(contextAt(world, nowMs + heldMs))).toMatchObject({ foldedHours: 1 })
    expect(await rollupTexts(world)).toEqual(expectedRows([old], utc).rollups)
    expect(await changedTexts(world)).toEqual([])
  })

  it('throw NotSettled while another attempt may be alive', async () => {
    const world = memoryWorld()
    await importLines(world, 'a', '2026-11-22T10', [old])
    const { registry } = storesOn(world, () => nowMs)
    const attempt = { token: 'other', ending: '.ndjson.zst', deadlineMs: nowMs + 1_000 }
    const unit = 'by-product#2026-11-22T10'
    await registry.begin('hour', unit, await registry.read('hour', unit), attempt)
    await expect(work(world, nowMs, hourLine)).rejects.toThrow(NotSettled)
    expect(await changedTexts(world)).toContain('hour 2026-11-22T10:00')
    await work(world, nowMs + 1_000, hourLine)
    expect(await changedTexts(world)).not.toContain('hour 2026-11-22T10:00')
  })

  it('throw NotSettled where what they are made of may yet be replaced', async () => {
    const world = memoryWorld()
    const { registry } = storesOn(world, () => nowMs)
    const attempt = { token: 'other', ending: '.ndjson.zst', deadlineMs: nowMs + 1_000 }
    const unit = 'by-product#2026-11-22T10'
    await registry.begin('hour', unit, await registry.read('hour', unit), attempt)
    await expect(work(world, nowMs, dayLine)).rejects.toThrow(NotSettled)
    await expect(work(world, nowMs + 1_000, dayLine)).resolves.toMatchObject({ mergedPeriods: 1 })
  })

  // Its own mark, that of the attempt, and one on each period that is made of it.
  it.each<[string, UnitLine, number]>([
    ['an hour', hourLine, 3],
    ['a day', dayLine, 4],
  ])(
    'leave no coarser row behind that a run made while %s was at work',
    async (_what, line, puts) => {
      const world = memoryWorld()
      const added = sale('2', '2026-11-22T10:30:00')
      await importLines(world, 'a', '2026-11-22T10', [old])
      await workOnUnit(contextAt(world, nowMs), unitOf(hourLine))
      await rollUp(contextAt(world, nowMs))
      await importLines(world, 'b', '2026-11-22T10', [added])
      if (line === dayLine) await workOnUnit(contextAt(world, nowMs), unitOf(hourLine))

      // A scheduled run comes just before the worker makes its new parts current.
      let written = 0
      let scheduled = false
      const shared = worldThrough(world, (store) => async (request) => {
        if (store === 'ledger' && written === puts && !scheduled) {
          scheduled = true
          await rollUp(contextAt(world, nowMs + 1))
        }
        const answer = await request()
        if (store === 'ledger' && isDeepStrictEqual(answer, { written: true })) written++
        return answer
      })
      await workOnUnit(contextAt(shared, nowMs), unitOf(line)).catch(() => undefined)
      expect(scheduled).toBe(true)

      // No more is heard of the backfill; the schedule goes on.
      await rollUp(contextAt(world, nowMs + heldMs + 1))
      await rollUp(contextAt(world, nowMs + 2 * heldMs))
      expect(await rollupTexts(world)).toEqual(expectedRows([old, added], utc).rollups)
      expect(await changedTexts(world)).toEqual([])
    },
  )
})
