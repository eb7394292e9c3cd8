import type { OutgoingRecord } from '../../local/put-records.ts'
import type { ExpectedTotals, MadeEvent } from './expected-totals.ts'

/** The shares of the events that are of a kind, each from 0 to 1. */
export interface EventMix {
  /** Sent a second time, with the same bytes. */
  readonly duplicate: number
  /** No event at all; to be refused and kept. */
  readonly malformed: number
  /** Of some hour between a few hours and over a year ago. */
  readonly late: number
  /** Of this very moment, and so of the hour that is open. */
  readonly open: number
}

export interface EventMakerOptions {
  readonly random: () => number
  /** Makes the ids of one run differ from those of another. */
  readonly runId: string
  readonly mix: EventMix
  readonly startedMs: number
  readonly durationMs: number
  /** Gets every event that is to be counted, once. */
  readonly expected: ExpectedTotals
}

/**
 * Most events are dated in hours that are over, on a clock that runs this much faster than ours: an
 * hour of events is done in two minutes, so that no hour grows without end in a long run.
 */
const eventClockSpeed = 30
/** All of them are dated before this long ago. */
const overSinceMs = 3 * 3_600_000

/** Late events come in bursts, as from a device that is back on line: each so long, of one hour. */
const lateBurstMs = 20_000
const lateSpanMs = 300_000
const latestMs = 400 * 86_400_000

const jitterMs = 20_000
const remembered = 2_000

const products = ['beans', 'filter', 'grinder', 'kettle', 'mug', 'press', 'scale', 'tamper']
const currencies = ['EUR', 'GBP', 'USD']
const priceUnits = [32_000, 99_500, 145_000, 187_500, 274_999, 340_000, 599_000, 1_290_000]

const malformations: readonly Record<string, unknown>[] = [
  { quantity: 'two' },
  { unitPrice: 1.234567 },
  { timestamp: 'yesterday' },
  { currency: 'euro' },
  { productId: null },
]

export interface EventMaker {
  make(nowMs: number): OutgoingRecord
  made(): { readonly events: number; readonly duplicates: number; readonly malformed: number }
}

/** Makes purchases, duplicates and malformed lines by the mix. */
export function createEventMaker(options: EventMakerOptions): EventMaker {
  const { random, runId, mix, expected } = options
  const counts = { events: 0, duplicates: 0, malformed: 0 }
  const recent = recentRecords(random)
  const pick = <Value>(values: readonly Value[]): Value =>
    values[Math.floor(random() * values.length)] as Value

  const timeAt = datesOf(options)

  function makePurchase(nowMs: number): OutgoingRecord {
    const transactionId = `${runId}-${++counts.events}`
    const event: MadeEvent = {
      timeMs: timeAt(nowMs),
      productId: pick(products),
      currency: pick(currencies),
      quantity: random() < 0.04 ? -1 : 1 + Math.floor(random() * 4),
      priceUnits: pick(priceUnits),
    }
    expected.add(event)
    const record = recordOf(transactionId, {
      transactionId,
      timestamp: new Date(event.timeMs).toISOString(),
      productId: event.productId,
      quantity: event.quantity,
      unitPrice: event.priceUnits / 10_000,
      currency: event.currency,
    })
    recent.remember(record)
    return record
  }

  function makeMalformed(): OutgoingRecord {
    const transactionId = `${runId}-malformed-${++counts.malformed}`
    return recordOf(transactionId, {
      transactionId,
      timestamp: '2026-01-01T00:00:00Z',
      productId: 'mug',
      quantity: 1,
      unitPrice: 9.95,
      currency: 'EUR',
      ...pick(malformations),
    })
  }

  return {
    made: () => ({ ...counts }),
    make(nowMs) {
      const kind = random()
      if (kind < mix.malformed) return makeMalformed()
      if (kind < mix.malformed + mix.duplicate) {
        const again = recent.any()
        if (again !== undefined) {
          counts.duplicates++
          return again
        }
      }
      return makePurchase(nowMs)
    },
  }
}

function recentRecords(random: () => number) {
  const recent: OutgoingRecord[] = []
  return {
    /** In the place of any, so that a duplicate comes soon or a good while later. */
    remember(record: OutgoingRecord): void {
      if (recent.length < remembered) recent.push(record)
      else recent[Math.floor(random() * remembered)] = record
    },
    any: () => recent[Math.floor(random() * recent.length)],
  }
}

/** Gives the event time of the next event. */
function datesOf(options: EventMakerOptions): (nowMs: number) => number {
  const { random, mix, startedMs, durationMs } = options
  const beganMs = startedMs - overSinceMs - durationMs * eventClockSpeed
  const bursts: number[] = []
  return (nowMs) => {
    const kind = random()
    if (kind < mix.open) return nowMs
    const sinceMs = nowMs - startedMs
    if (kind < mix.open + mix.late) {
      const burst = Math.floor(sinceMs / lateBurstMs)
      bursts[burst] ??= beganMs - random() ** 3 * latestMs
      return Math.floor((bursts[burst] ?? 0) - random() * lateSpanMs)
    }
    const clockMs = Math.min(sinceMs, durationMs) * eventClockSpeed
    return Math.floor(beganMs + clockMs - random() * jitterMs)
  }
}

function recordOf(partitionKey: string, event: unknown): OutgoingRecord {
  return { partitionKey, data: Buffer.from(JSON.stringify(event)) }
}
