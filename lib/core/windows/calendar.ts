import { Temporal } from 'temporal-polyfill'
import { checkTimeZone } from './time-zone.ts'
import { hourWindow, minuteWindow, parseUtcName } from './utc.ts'
import type { CalendarGrain, Grain, Window } from './window.ts'

/**
 * Windows of every grain in one IANA time zone. Minutes and hours are UTC's; days, ISO weeks
 * (ISO 8601: Monday to Sunday, named by the year that holds the Thursday) and months are local, so
 * a day may last 23 to 25 hours, begin at 01:00, or not exist.
 */
export interface Calendar {
  readonly timeZone: string
  windowAt(grain: Grain, instantMs: number): Window
  /** The window of that name; undefined where the name is not one, or names a skipped day. */
  windowNamed(grain: Grain, name: string): Window | undefined
}

/** Throws UnknownTimeZone. */
export function createCalendar(timeZone: string): Calendar {
  checkTimeZone(timeZone)
  const zoned = (instantMs: number) =>
    Temporal.Instant.fromEpochMilliseconds(instantMs).toZonedDateTimeISO(timeZone)
  // Where clocks go back over midnight, as St. John's did at 00:01, a date comes, goes and comes
  // again. A day is one stretch all the same, so it has begun once the date has first come.
  const dateAt = (instantMs: number): Temporal.PlainDate => {
    const date = zoned(instantMs).toPlainDate()
    const next = date.add({ days: 1 })
    return instantMs < startMs(next, timeZone) ? date : next
  }
  const newest = new Map<CalendarGrain, Window>()
  const calendarWindow = (grain: CalendarGrain, instantMs: number): Window => {
    const last = newest.get(grain)
    if (last !== undefined && last.fromMs <= instantMs && instantMs < last.toMs) return last
    const window = windowFrom(grain, firstDate(grain, dateAt(instantMs)), timeZone)
    newest.set(grain, window)
    return window
  }
  const windowAt = (grain: Grain, instantMs: number): Window => {
    if (grain === 'minute') return minuteWindow(instantMs)
    if (grain === 'hour') return hourWindow(instantMs)
    return calendarWindow(grain, instantMs)
  }
  return {
    timeZone,
    windowAt,
    windowNamed(grain, name) {
      if (grain === 'minute' || grain === 'hour') {
        const fromMs = parseUtcName(grain, name)
        return fromMs === undefined ? undefined : windowAt(grain, fromMs)
      }
      const date = parseDate(grain, name)
      if (date === undefined) return undefined
      const window = windowFrom(grain, date, timeZone)
      return window.name === name && window.fromMs < window.toMs ? window : undefined
    },
  }
}

/** The windows of a grain that share an instant with `fromMs` to `toMs` (exclusive), in order. */
export function windowsWithin(
  calendar: Calendar,
  grain: Grain,
  fromMs: number,
  toMs: number,
): Window[] {
  const windows: Window[] = []
  for (let atMs = fromMs; atMs < toMs; ) {
    const window = calendar.windowAt(grain, atMs)
    windows.push(window)
    atMs = window.toMs
  }
  return windows
}

function firstDate(grain: CalendarGrain, date: Temporal.PlainDate): Temporal.PlainDate {
  switch (grain) {
    case 'day':
      return date
    case 'week':
      return date.subtract({ days: date.dayOfWeek - 1 })
    case 'month':
      return date.with({ day: 1 })
  }
}

const lengths = { day: { days: 1 }, week: { days: 7 }, month: { months: 1 } } as const

function windowFrom(grain: CalendarGrain, first: Temporal.PlainDate, timeZone: string): Window {
  return {
    grain,
    name: nameOf(grain, first),
    fromMs: startMs(first, timeZone),
    toMs: startMs(first.add(lengths[grain]), timeZone),
  }
}

function startMs(date: Temporal.PlainDate, timeZone: string): number {
  return date.toZonedDateTime(timeZone).epochMilliseconds
}

function nameOf(grain: CalendarGrain, date: Temporal.PlainDate): string {
  switch (grain) {
    case 'day':
      return date.toString()
    case 'week':
      return `${pad(date.yearOfWeek ?? date.year, 4)}-W${pad(date.weekOfYear ?? 0, 2)}`
    case 'month':
      return date.toPlainYearMonth().toString()
  }
}

const pad = (value: number, length: number) => String(value).padStart(length, '0')

const namePatterns = { day: /^\d{4}-\d\d-\d\d$/, week: /^(\d{4})-W(\d\d)$/, month: /^\d{4}-\d\d$/ }

function parseDate(grain: CalendarGrain, name: string): Temporal.PlainDate | undefined {
  const match = namePatterns[grain].exec(name)
  if (match === null) return undefined
  try {
    if (grain !== 'week') {
      return Temporal.PlainDate.from(grain === 'month' ? `${name}-01` : name)
    }
    // ISO 8601: 4 January is always in week 1.
    const inFirstWeek = Temporal.PlainDate.from(`${match[1]}-01-04`)
    return firstDate('week', inFirstWeek).add({ days: (Number(match[2]) - 1) * 7 })
  } catch {
    // Temporal throws a RangeError for a text that is no date, which here is an answer.
    return undefined
  }
}
