import { type Calendar, grains, type Window } from '../core/index.ts'
import { BadQuery } from './bad-query.ts'
import type { TimeRange } from './reader.ts'

/** The window of any grain that a name stands for. Throws BadQuery where it stands for none. */
export function parsePeriod(calendar: Calendar, name: string): Window {
  for (const grain of grains) {
    const window = calendar.windowNamed(grain, name)
    if (window !== undefined) return window
  }
  throw new BadQuery(
    { code: 'not-a-period', asked: name, timeZone: calendar.timeZone },
    `"${name}" is no period in ${calendar.timeZone}; write a day as 2010-12-01, a week as 2010-W48, ` +
      'a month as 2010-12, a minute as 2010-12-01T08:26 (UTC)',
  )
}

/** From the beginning of one period to the end of another, each of any grain; both optional. */
export function parseRange(
  calendar: Calendar,
  from: string | undefined,
  to: string | undefined,
): TimeRange | undefined {
  if (from === undefined && to === undefined) return undefined
  const fromMs = from === undefined ? Number.NEGATIVE_INFINITY : parsePeriod(calendar, from).fromMs
  const toMs = to === undefined ? Number.POSITIVE_INFINITY : parsePeriod(calendar, to).toMs
  if (fromMs >= toMs) {
    throw new BadQuery(
      { code: 'empty-range', from: String(from), to: String(to) },
      `the range ends before it begins: ${from} to ${to}`,
    )
  }
  return { fromMs, toMs }
}
