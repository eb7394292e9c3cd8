export type Grain = 'minute' | 'day' | 'week' | 'month'

/** A stretch of event time: epoch ms, `toMs` exclusive. */
export interface Period {
  readonly name: string
  readonly fromMs: number
  readonly toMs: number
}

const minuteMs = 60_000
const quarterMs = 15 * minuteMs
const dayMs = 24 * 60 * minuteMs

/**
 * Minutes (UTC), local days, ISO weeks and months of one time zone, found by plain search through
 * what `Intl.DateTimeFormat` says that a clock on the wall shows. Dates are counted in days since
 * 1970-01-01. A date begins at its first instant; where it is skipped, at that of the next date.
 */
export class LocalCalendar {
  readonly #format: Intl.DateTimeFormat
  readonly #starts = new Map<number, number>()
  readonly #dates = new Map<number, number>()

  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
    })
  }

  periodAt(grain: Grain, instantMs: number): Period {
    const minute = Math.floor(instantMs / minuteMs) * minuteMs
    if (grain === 'minute') {
      const name = new Date(minute).toISOString().slice(0, 16)
      return { name, fromMs: minute, toMs: minute + minuteMs }
    }
    const date = this.#dateAt(minute)
    if (grain === 'day') return this.#period(dateName(date), date, date + 1)
    if (grain === 'week') {
      const monday = date - weekday(date)
      return this.#period(weekName(monday), monday, monday + 7)
    }
    const [year, month, day] = civil(date)
    const first = date - day + 1
    return this.#period(dateName(date).slice(0, 7), first, dateOf(year, month + 1))
  }

  #period(name: string, first: number, next: number): Period {
    return { name, fromMs: this.#startOf(first), toMs: this.#startOf(next) }
  }

  /** The last date that has begun by then: dates never overlap, even where a clock goes back. */
  #dateAt(instantMs: number): number {
    const known = this.#dates.get(instantMs)
    if (known !== undefined) return known
    let date = this.#dateShown(instantMs)
    while (this.#startOf(date + 1) <= instantMs) date++
    this.#dates.set(instantMs, date)
    return date
  }

  /**
   * The first instant at which the date, or a later one, is shown. Steps of a quarter of an hour
   * find it, since every zone's offset is a whole number of quarters today; minutes are then looked
   * at, since a change of the offset need not fall on one.
   */
  #startOf(date: number): number {
    const known = this.#starts.get(date)
    if (known !== undefined) return known
    let instant = date * dayMs - dayMs
    while (this.#dateShown(instant) < date) instant += quarterMs
    while (this.#dateShown(instant - minuteMs) >= date) instant -= minuteMs
    this.#starts.set(date, instant)
    return instant
  }

  #dateShown(instantMs: number): number {
    const shown: Record<string, number> = {}
    for (const part of this.#format.formatToParts(instantMs)) shown[part.type] = Number(part.value)
    return dateOf(shown.year ?? Number.NaN, shown.month ?? Number.NaN, shown.day)
  }
}

/** Days since 1970-01-01; a month of 13 is January of the next year. */
function dateOf(year: number, month: number, day = 1): number {
  return Date.UTC(year, month - 1, day) / dayMs
}

function civil(date: number): [year: number, month: number, day: number] {
  const utc = new Date(date * dayMs)
  return [utc.getUTCFullYear(), utc.getUTCMonth() + 1, utc.getUTCDate()]
}

function dateName(date: number): string {
  return new Date(date * dayMs).toISOString().slice(0, 10)
}

/** 0 for Monday to 6 for Sunday; 1970-01-01 was a Thursday. */
function weekday(date: number): number {
  return (((date + 3) % 7) + 7) % 7
}

/** ISO 8601: week 1 of a year is the one that holds its first Thursday. */
function weekName(monday: number): string {
  const [year] = civil(monday + 3)
  let firstThursday = dateOf(year, 1)
  while (weekday(firstThursday) !== 3) firstThursday++
  const week = (monday + 3 - firstThursday) / 7 + 1
  return `${String(year).padStart(4, '0')}-W${String(week).padStart(2, '0')}`
}
