import { hourMs as hourLengthMs, hourStart, minuteMs as minuteLengthMs } from '../core/index.ts'
import { UnreadableRow } from '../rows/unreadable-row.ts'
import type { VerifyContext } from './verify-context.ts'

export interface HoursToVerify {
  /** Hours that have minute rows or history, in order. */
  readonly hours: readonly number[]
  /** Hours of history whose minute rows are all past their retention: there is nothing to compare. */
  readonly pastRetention: number
}

/** A stretch of event time, epoch ms, `toMs` exclusive; either may be infinite. */
export interface Stretch {
  readonly fromMs: number
  readonly toMs: number
}

export interface SearchOptions {
  /**
   * Up to this many hours are asked for minute rows one by one, a query a bucket each; for more, the
   * table is read once. Which is cheaper depends on how large the table is.
   */
  readonly maxAskedHours: number
  readonly onAsked?: (done: number, total: number) => void
}

/**
 * The hours that a stretch touches and that hold anything. History lists its hours by folders, one
 * request a date. Minute rows of other hours are a fault, so they are looked for too.
 */
export async function hoursToVerify(
  context: VerifyContext,
  stretch: Stretch,
  options: SearchOptions,
): Promise<HoursToVerify> {
  // No event that was taken is dated further ahead.
  const lastMs = hourStart(context.nowMs() + context.definition.maxAheadMs) + hourLengthMs
  const within = { fromMs: stretch.fromMs, toMs: Math.min(stretch.toMs, lastMs) }
  const hours = new Set<number>()
  let pastRetention = 0
  for await (const hourMs of context.stores.history.hours(within.fromMs, within.toMs)) {
    if (isExpired(context, hourMs)) pastRetention++
    else hours.add(hourMs)
  }
  for await (const hourMs of hoursOfRows(context, within, hours, options)) hours.add(hourMs)
  return { hours: [...hours].sort((a, b) => a - b), pastRetention }
}

/** The last hours that are over, the newest first, as far as their minute rows are kept. */
export function lastHours(context: VerifyContext, count: number): number[] {
  const firstOpenMs = hourStart(context.nowMs() - context.graceMs)
  return Array.from({ length: count }, (_, at) => firstOpenMs - (at + 1) * hourLengthMs).filter(
    (hourMs) => !isExpired(context, hourMs),
  )
}

/** The hours of a stretch that have minute rows, but for those that are known already. */
async function* hoursOfRows(
  context: VerifyContext,
  stretch: Stretch,
  known: ReadonlySet<number>,
  options: SearchOptions,
): AsyncGenerator<number> {
  const asked = hoursToAsk(context, stretch, known, options.maxAskedHours)
  if (asked !== undefined) {
    yield* askEach(context, asked, options)
    return
  }
  for await (const hourMs of context.stores.minutes.hours()) {
    if (hourMs < stretch.toMs && stretch.fromMs < hourMs + hourLengthMs) yield hourMs
  }
}

/** Undefined where these are too many. */
function hoursToAsk(
  context: VerifyContext,
  { fromMs, toMs }: Stretch,
  known: ReadonlySet<number>,
  most: number,
): number[] | undefined {
  const asked: number[] = []
  for (let hourMs = hourStart(toMs - 1); hourMs + hourLengthMs > fromMs; hourMs -= hourLengthMs) {
    if (isExpired(context, hourMs)) break
    if (known.has(hourMs)) continue
    if (asked.length === most) return undefined
    asked.push(hourMs)
  }
  return asked
}

const askedAtOnce = 4

async function* askEach(
  { definition, stores }: VerifyContext,
  hours: readonly number[],
  { onAsked }: SearchOptions,
): AsyncGenerator<number> {
  const hasRows = async (hourMs: number) => {
    try {
      const rows = await Promise.all(
        definition.aggregations.map((one) => stores.minutes.readHourLanes(one, hourMs)),
      )
      return rows.flat().length > 0
    } catch (error) {
      if (error instanceof UnreadableRow) return true
      throw error
    }
  }
  for (let at = 0; at < hours.length; at += askedAtOnce) {
    const some = hours.slice(at, at + askedAtOnce)
    const found = await Promise.all(some.map(hasRows))
    yield* some.filter((_, index) => found[index])
    onAsked?.(at + some.length, hours.length)
  }
}

/** Whether even the last minute of an hour is past its retention. */
function isExpired({ stores }: VerifyContext, hourMs: number): boolean {
  return stores.minutes.isExpired(hourMs + hourLengthMs - minuteLengthMs)
}
