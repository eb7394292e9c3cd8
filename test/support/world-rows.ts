import {
  type Aggregation,
  type Calendar,
  calendarGrains,
  type Definition,
  decodeEvent,
  type EventValues,
  foldEvents,
  type Grain,
  hourStart,
  keyOf,
  minuteName,
  presentState,
  Reject,
  type State,
  windowsWithin,
} from '../../lib/core/index.ts'
import type { RejectLine } from '../../lib/records/rejects.ts'
import { salesPipeline } from './sales.ts'
import { storesOn, type World } from './world.ts'

const textOf = (
  aggregation: Aggregation,
  grain: Grain,
  period: string,
  key: string,
  state: State,
) =>
  [
    ...[aggregation.name, grain, period, key],
    ...presentState(aggregation, state).map(([name, text]) => `${name}=${text}`),
  ].join(' ')

/** Every rollup row as a text, sorted. */
export async function rollupTexts(world: World, definition: Definition = salesPipeline) {
  const { rollups } = storesOn(world, () => 0)
  const texts: string[] = []
  for (const aggregation of definition.aggregations) {
    for (const grain of calendarGrains) {
      for await (const { key, period, state } of rollups.scan(aggregation, grain)) {
        texts.push(textOf(aggregation, grain, period, key, state))
      }
    }
  }
  return texts.sort()
}

/** Every minute row as readers see it, as a text, sorted. */
export async function minuteTexts(world: World, definition: Definition = salesPipeline) {
  const { minutes } = storesOn(world, () => 0)
  const texts: string[] = []
  for (const aggregation of definition.aggregations) {
    for await (const { key, minuteMs, state } of minutes.scan(aggregation)) {
      texts.push(textOf(aggregation, 'minute', minuteName(minuteMs), key, state))
    }
  }
  return texts.sort()
}

/** The leaders of every period that there are rows of, in their order, range by range. */
export async function leaderTexts(world: World, calendar: Calendar, aggregation: Aggregation) {
  const { rollups } = storesOn(world, () => 0)
  const texts: string[] = []
  for (const grain of calendarGrains) {
    const rows = await Array.fromAsync(rollups.scan(aggregation, grain))
    for (const period of new Set(rows.map((row) => row.period))) {
      const window = calendar.windowNamed(grain, period)
      const ranges = window && (await rollups.readLeaders(aggregation, window))
      texts.push(
        `${grain} ${period}: ${ranges?.map((some) => some.map(({ key }) => key).join(' ')).join(' / ')}`,
      )
    }
  }
  return texts.sort()
}

/** The names of all units that are marked as changed, with whether they wait for their hour's end. */
export async function changedTexts(world: World): Promise<string[]> {
  const { changed } = storesOn(world, () => 0)
  const texts: string[] = []
  for await (const { unit, foldedOpen } of changed.list('hour')) {
    texts.push(`hour ${minuteName(unit.hourMs)}${foldedOpen ? ' folded open' : ''}`)
  }
  for (const grain of calendarGrains) {
    for await (const { unit } of changed.list(grain)) {
      texts.push(`${grain} ${unit.aggregation} ${unit.period} ${unit.range}`)
    }
  }
  return texts
}

/** The keys of the bucket's objects that begin so. */
export async function objectKeys(world: World, prefix: string): Promise<string[]> {
  return (await Array.fromAsync(world.objects.list(prefix))).map(({ key }) => key)
}

export interface ExpectedRows {
  readonly rollups: readonly string[]
  readonly minutes: readonly string[]
}

/**
 * What the rows of these lines must be, counted the plain way: each id once within its hour, then
 * group by group. Lines that are refused count for nothing.
 */
export function expectedRows(
  lines: readonly string[],
  calendar: Calendar,
  definition: Definition = salesPipeline,
): ExpectedRows {
  const taken = new Map<string, { timeMs: number; values: EventValues }>()
  for (const line of lines) {
    const event = decodeEvent(definition, Buffer.from(line))
    if (event instanceof Reject) continue
    const identity = `${hourStart(event.timeMs)} ${event.id}`
    if (!taken.has(identity)) taken.set(identity, event)
  }
  const events = [...taken.values()]
  const textsOf = (grain: Grain) =>
    definition.aggregations.flatMap((aggregation) => {
      const groups = Map.groupBy(events, ({ timeMs, values }) => {
        const [window] = windowsWithin(calendar, grain, timeMs, timeMs + 1)
        return JSON.stringify([window?.name, keyOf(aggregation, values)])
      })
      return [...groups].map(([group, some]) => {
        const [period = '', key = ''] = JSON.parse(group) as string[]
        const state = foldEvents(
          aggregation,
          some.map(({ values }) => values),
        )
        return textOf(aggregation, grain, period, key, state)
      })
    })
  return { rollups: calendarGrains.flatMap(textsOf).sort(), minutes: textsOf('minute').sort() }
}

/** Every rejected record that is kept, once, in however many objects it stands. */
export async function rejectLines(world: World): Promise<RejectLine[]> {
  const { rejects } = storesOn(world, () => 0)
  const lines = new Map<string, RejectLine>()
  for await (const objectKey of rejects.list()) {
    for await (const line of rejects.read(objectKey)) {
      lines.set(`${line.shard}#${line.sequenceNumber}#${line.subSequenceNumber}`, line)
    }
  }
  return [...lines.values()]
}
