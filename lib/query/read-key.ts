import {
  type CalendarGrain,
  dayMs,
  encodeKey,
  type Grain,
  presentState,
  type State,
  type Window,
  windowsWithin,
  zeroState,
} from '../core/index.ts'
import { BadQuery, noRowsOf } from './bad-query.ts'
import { type Completeness, readCompleteness } from './completeness.ts'
import { parseKey } from './parse-key.ts'
import type { Reader, TimeRange } from './reader.ts'
import { type ResultRow, resultRow } from './result-row.ts'

export interface KeyQuery {
  readonly grain: Grain
  /** The values of the aggregation's key fields, in its order; undefined for a missing one. */
  readonly key: readonly (string | undefined)[]
  readonly range: TimeRange | undefined
  /** Whether periods without an event get a row too. */
  readonly fill: boolean
}

export interface KeyRows {
  readonly rows: readonly ResultRow[]
  /** Rows of this period and of those before it are final. */
  readonly completeThrough: Window
}

/**
 * A range of minutes is read hour by hour, so it needs an end; rows are in order of time. Throws
 * BadQuery.
 */
export async function readKey(reader: Reader, asked: KeyQuery): Promise<KeyRows> {
  const { aggregation } = reader
  const range = asked.grain === 'minute' ? boundedRange(reader, asked.range) : asked.range
  const query = { ...asked, range }
  const key = encodeKey(parseKey(aggregation, query.key))
  // Read before the rows: what is final by then, the rows that are read after it show.
  const completeness = await completenessOf(reader)
  const found = new Map<string, { window: Window; state: State }>()
  for await (const [window, state] of statesOf(reader, query, key)) {
    found.set(window.name, { window, state })
  }
  if (query.fill) {
    for (const window of windowsToFill(reader, query, [...found.values()])) {
      if (!found.has(window.name)) {
        found.set(window.name, { window, state: zeroState(aggregation) })
      }
    }
  }
  const rows = [...found.values()]
    .sort((a, b) => a.window.fromMs - b.window.fromMs)
    .map(({ window, state }) =>
      resultRow(
        aggregation,
        window,
        key,
        presentState(aggregation, state),
        completeness.status(window),
      ),
    )
  return { rows, completeThrough: completeness.completeThrough(query.grain) }
}

export function completenessOf(reader: Reader): Promise<Completeness> {
  const { changed, calendar, aggregation, nowMs, graceMs } = reader
  return readCompleteness(changed, calendar, aggregation, nowMs, graceMs)
}

async function* statesOf(
  reader: Reader,
  { grain, range }: KeyQuery,
  key: string,
): AsyncGenerator<[Window, State]> {
  const { aggregation, calendar, minutes, rollups } = reader
  if (grain === 'hour') throw noRowsOf(grain)
  if (grain === 'minute') {
    const { fromMs, toMs } = boundedRange(reader, range)
    for await (const { minuteMs, state } of minutes.readKey(aggregation, key, fromMs, toMs)) {
      yield [calendar.windowAt('minute', minuteMs), state]
    }
    return
  }
  const [from, to] = periodNames(reader, grain, range)
  for await (const row of rollups.readKey(aggregation, key, grain, from, to)) {
    yield [{ grain, name: row.period, fromMs: row.fromMs, toMs: row.toMs }, row.state]
  }
}

const maxMinuteDays = 31

/** Each hour of minutes is a read of its own, so the range has to be one that ends. */
function boundedRange({ nowMs }: Reader, range: TimeRange | undefined): TimeRange {
  if (range === undefined || range.fromMs === Number.NEGATIVE_INFINITY) {
    throw new BadQuery({ code: 'minutes-without-beginning' }, 'minutes need a beginning')
  }
  const { fromMs } = range
  const toMs = Math.min(range.toMs, Math.max(nowMs, fromMs) + dayMs)
  if (toMs - fromMs > maxMinuteDays * dayMs) {
    throw new BadQuery(
      { code: 'too-many-minutes', maxDays: maxMinuteDays },
      `minutes are read for ${maxMinuteDays} days at most`,
    )
  }
  return { fromMs, toMs }
}

/** Names sort as their periods do, and every one lies between these. */
const firstName = '0'
const lastName = ':'

function periodNames(
  { calendar }: Reader,
  grain: CalendarGrain,
  range: TimeRange | undefined,
): [string, string] {
  const nameAt = (ms: number, otherwise: string) =>
    Number.isFinite(ms) ? calendar.windowAt(grain, ms).name : otherwise
  if (range === undefined) return [firstName, lastName]
  return [nameAt(range.fromMs, firstName), nameAt(range.toMs - 1, lastName)]
}

/** The asked range, or where it has no end, from the first row to the last. */
function windowsToFill(
  { calendar }: Reader,
  { grain, range }: KeyQuery,
  found: readonly { window: Window }[],
): Window[] {
  const starts = found.map(({ window }) => window.fromMs)
  const ends = found.map(({ window }) => window.toMs)
  const fromMs = finite(range?.fromMs) ?? Math.min(...starts)
  const toMs = finite(range?.toMs) ?? Math.max(...ends)
  return Number.isFinite(fromMs) ? windowsWithin(calendar, grain, fromMs, toMs) : []
}

const finite = (ms: number | undefined) => (Number.isFinite(ms) ? ms : undefined)
