import { expect, it } from 'vitest'
import {
  type Aggregation,
  count,
  createCalendar,
  definePipeline,
  encodeKey,
} from '../../lib/core/index.ts'
import { exportRows } from '../../lib/query/export-rows.ts'
import { readKey } from '../../lib/query/read-key.ts'
import { readTop } from '../../lib/query/read-top.ts'
import type { ResultRow } from '../../lib/query/result-row.ts'
import { greatest, greatestAndSketch, latest, sketch } from '../support/odd-measures.ts'
import { salesPipeline } from '../support/sales.ts'
import { at, deliver, run, sale } from '../support/steps.ts'
import { memoryWorld, storesOn, type World } from '../support/world.ts'
import { verifyContext, verifyHour } from '../verify/verified.ts'

const definition = definePipeline({
  timeZone: 'UTC',
  event: salesPipeline.event,
  id: 'id',
  time: 'at',
  aggregations: {
    'by-price': {
      key: ['price'],
      measures: {
        events: count(),
        greatest: greatest('product'),
        latest: latest('product'),
        kinds: sketch('product'),
        both: greatestAndSketch('product'),
      },
      rankBy: 'kinds',
    },
  },
})
const [byPrice] = definition.aggregations as [Aggregation]
const calendar = createCalendar('UTC')
const hourMs = at('16T10:00:00')

const lines = [
  sale('1', '16T10:00:00', 'unknown', { price: '2' }),
  sale('2', '16T10:00:30', 'a', { price: '2' }),
  // A duplicate of its producer's, which history takes once.
  sale('2', '16T10:00:30', 'a', { price: '2' }),
  sale('3', '16T10:59:59', 'unknown', { price: '3' }),
]
const late = [
  sale('4', '16T10:00:20', '🧺🧺', { price: '2' }),
  sale('5', '16T10:00:30', 'b', { price: '2' }),
]

const reader = (world: World, nowMs: number) => ({
  ...storesOn(world, () => nowMs),
  ...{ aggregation: byPrice, calendar, nowMs, graceMs: 300_000 },
})

const textOf = ({ period, key, measures }: ResultRow) =>
  [period, ...key, ...measures].map((cell) => (typeof cell === 'string' ? cell : cell.value)).join()

it('texts and bytes go all the way: rows, parts, merges, leaderboards, corrections and verify', async () => {
  const world = memoryWorld()
  await deliver(world, 1, 1, lines, hourMs + 1_000, definition)
  await run(world, hourMs + 2_000, { definition })
  await deliver(world, 2, 1, late, at('17T00:20:00'), definition)
  const nowMs = at('17T00:30:00')
  await run(world, nowMs, { definition })

  const days = await Array.fromAsync(exportRows(reader(world, nowMs), 'day', undefined))
  expect(days.map(textOf)).toEqual([
    '2026-11-16,2,4,🧺🧺,b,4,🧺🧺 16 4 0 0 6 0 0 0',
    '2026-11-16,3,1,unknown,unknown,1,unknown 0 4 0 0 0 0 0 0',
  ])
  expect(days[0]?.measures.map(({ kind }) => kind)).toEqual([
    'number',
    'text',
    'text',
    'number',
    'text',
  ])
  expect(await readTop(reader(world, nowMs), 'day', '2026-11-16', 5)).toEqual(days)
  const weeks = { grain: 'week', key: ['2'], range: undefined, fill: false } as const
  const [week] = (await readKey(reader(world, nowMs), weeks)).rows
  expect(week?.measures).toEqual(days[0]?.measures)

  const { differences } = await verifyHour(verifyContext(world, nowMs, definition), hourMs)
  expect(differences).toEqual([])
})

it('a minute row whose bytes or text are others is a difference', async () => {
  const world = memoryWorld()
  await deliver(world, 1, 1, lines.slice(0, 2), hourMs + 1_000, definition)
  const nowMs = at('16T12:00:00')
  await run(world, nowMs, { definition })
  for await (const item of world.minutes.scan()) {
    await world.minutes.put({ ...item, latest: { S: 'c' }, kinds: { B: new Uint8Array(8) } })
  }
  const { differences } = await verifyHour(verifyContext(world, nowMs, definition), hourMs)
  expect(differences.map(({ key }) => key)).toEqual([encodeKey(['2'])])
  expect(differences[0]?.measures).toEqual([
    { name: 'latest', minutes: 'c', history: 'a' },
    { name: 'kinds', minutes: '0', history: '2' },
  ])
})
