import * as Instant from 'temporal-polyfill/fns/Instant'
import * as PlainDate from 'temporal-polyfill/fns/PlainDate'
import * as PlainYearMonth from 'temporal-polyfill/fns/PlainYearMonth'
import * as ZonedDateTime from 'temporal-polyfill/fns/ZonedDateTime'
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
    Instant.toZonedDateTimeISO(Instant.fromEpochMilliseconds(instantMs), timeZone)
  // Where clocks go back over midnight, as St. John's did at 00:01, a date comes, goes and comes
  // again. A day is one stretch all the same, so it has begun once the date has first come.
  const dateAt = (instantMs: number): PlainDate.Record => {
    const date = ZonedDateTime.toPlainDate(zoned(instantMs))
    const next = PlainDate.addDays(date, 1)
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

function firstDate(grain: CalendarGrain, date: PlainDate.Record): PlainDate.Record {
  switch (grain) {
    case 'day':
      return date
    case 'week':
      return PlainDate.startOfWeek(date)
    case 'month':
      return PlainDate.startOfMonth(date)
  }
}

const addOne = { day: PlainDate.addDays, week: PlainDate.addWeeks, month: PlainDate.addMonths }

function windowFrom(grain: CalendarGrain, first: PlainDate.Record, timeZone: string): Window {
  return {
    grain,
    name: nameOf(grain, first),
    fromMs: startMs(first, timeZone),
    toMs: startMs(addOne[grain](first, 1), timeZone),
  }
}

function startMs(date: PlainDate.Record, timeZone: string): number {
  return PlainDate.toZonedDateTime(date, timeZone).epochMilliseconds
}

function nameOf(grain: CalendarGrain, date: PlainDate.Record): string {
  switch (grain) {
    case 'day':
      return PlainDate.toString(date)
    case 'week': {
      const year = PlainDate.yearOfWeek(date) ?? date.year
      return `${pad(year, 4)}-W${pad(PlainDate.weekOfYear(date) ?? 0, 2)}`
    }
    case 'month':
      return PlainYearMonth.toString(PlainDate.toPlainYearMonth(date))
  }
}

const pad = (value: number, length: number) => String(value).padStart(length, '0')

const namePatterns = {
  day: /^(\d{4})-(\d\d)-(\d\d)$/,
  week: /^(\d{4})-W(\d\d)$/,
  month: /^(\d{4})-(\d\d)$/,
}

function parseDate(grain: CalendarGrain, name: string): PlainDate.Record | undefined {
  const match = namePatterns[grain].exec(name)
  if (match === null) return undefined
  const [year = 0, monthOrWeek = 0, day = 1] = match.slice(1).map(Number)
  try {
    if (grain !== 'week') return PlainDate.create(year, monthOrWeek, day)
    // ISO 8601: 4 January is always in week 1.
    const inFirstWeek = PlainDate.create(year, 1, 4)
    return PlainDate.addWeeks(PlainDate.startOfWeek(inFirstWeek), monthOrWeek - 1)
  } catch {
    // Temporal throws a RangeError for a date that is none, which here is an answer.
    return undefined
  }
}
