/** A purchase that the pipeline must take, as its producer knows it; the price in units of 0.0001. */
export interface MadeEvent {
  readonly timeMs: number
  readonly productId: string
  readonly currency: string
  readonly quantity: number
  readonly priceUnits: number
}

export type ExpectedGrain = 'minute' | 'day' | 'week' | 'month'

interface Total {
  events: number
  quantity: number
  revenueUnits: number
  minUnits: number
  maxUnits: number
}

const minuteMs = 60_000
const hourMs = 3_600_000
const dayMs = 86_400_000

/**
 * What the rows must come to, kept by minute and key as events are made, and shared with nothing of
 * the pipeline. Calendars are those of UTC.
 */
export class ExpectedTotals {
  readonly #minutes = new Map<string, { timeMs: number; key: string; total: Total }>()

  add({ timeMs, productId, currency, quantity, priceUnits }: MadeEvent): void {
    const startMs = timeMs - (timeMs % minuteMs)
    const key = `${productId} ${currency}`
    const place = `${startMs} ${key}`
    const found = this.#minutes.get(place) ?? { timeMs: startMs, key, total: nothing() }
    this.#minutes.set(place, found)
    merge(found.total, {
      events: 1,
      quantity,
      revenueUnits: quantity * priceUnits,
      minUnits: priceUnits,
      maxUnits: priceUnits,
    })
  }

  /** These totals up to `fromMs`, and from there on those of `other`. */
  with(other: ExpectedTotals, fromMs: number): ExpectedTotals {
    const joined = new ExpectedTotals()
    const take = (from: ExpectedTotals, isTaken: (timeMs: number) => boolean) => {
      for (const [place, one] of from.#minutes) {
        if (isTaken(one.timeMs)) joined.#minutes.set(place, one)
      }
    }
    take(this, (timeMs) => timeMs < fromMs)
    take(other, (timeMs) => timeMs >= fromMs)
    return joined
  }

  /** Rows as texts, each `<period> <product> <currency>` to its measures. */
  rows(grain: ExpectedGrain): Map<string, string> {
    const totals = new Map<string, Total>()
    for (const { timeMs, key, total } of this.#minutes.values()) {
      const place = `${periodName(grain, timeMs)} ${key}`
      const sum = totals.get(place) ?? nothing()
      totals.set(place, sum)
      merge(sum, total)
    }
    return new Map([...totals].map(([place, total]) => [place, measuresText(total)]))
  }
}

/** Measures in the order of the pipeline's definition. */
function measuresText({ events, quantity, revenueUnits, minUnits, maxUnits }: Total): string {
  const money = [revenueUnits, minUnits, maxUnits].map(decimalText)
  return [events, quantity, ...money].join(' ')
}

function nothing(): Total {
  return {
    events: 0,
    quantity: 0,
    revenueUnits: 0,
    minUnits: Number.POSITIVE_INFINITY,
    maxUnits: Number.NEGATIVE_INFINITY,
  }
}

function merge(into: Total, other: Total): void {
  into.events += other.events
  into.quantity += other.quantity
  into.revenueUnits += other.revenueUnits
  into.minUnits = Math.min(into.minUnits, other.minUnits)
  into.maxUnits = Math.max(into.maxUnits, other.maxUnits)
  if (!Number.isSafeInteger(into.revenueUnits)) throw new RangeError('Revenue has grown too large')
}

function decimalText(units: number): string {
  const sign = units < 0 ? '-' : ''
  const size = Math.abs(units)
  const fraction = String(size % 10_000)
    .padStart(4, '0')
    .replace(/0+$/, '')
  return `${sign}${Math.floor(size / 10_000)}${fraction === '' ? '' : `.${fraction}`}`
}

function periodName(grain: ExpectedGrain, timeMs: number): string {
  const text = new Date(timeMs).toISOString()
  if (grain === 'minute') return text.slice(0, 16)
  if (grain === 'day') return text.slice(0, 10)
  return grain === 'month' ? text.slice(0, 7) : weekName(timeMs)
}

/** A week belongs to the year of its Thursday. */
function weekName(timeMs: number): string {
  const day = Math.floor(timeMs / dayMs)
  // The first day of the epoch was a Thursday.
  const thursday = day - ((((day + 3) % 7) + 7) % 7) + 3
  const year = new Date(thursday * dayMs).getUTCFullYear()
  const week = 1 + Math.floor((thursday - Date.UTC(year, 0, 1) / dayMs) / 7)
  return `${year}-W${String(week).padStart(2, '0')}`
}

/** The start of the first hour that is open at a moment, when hours close so long after their end. */
export function firstOpenHour(nowMs: number, graceMs: number): number {
  const lastMs = nowMs - graceMs
  return lastMs - (lastMs % hourMs)
}
