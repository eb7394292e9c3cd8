import { hourMs as hourLengthMs, hourStart, minuteMs as minuteLengthMs } from '../core/index.ts'
import type { VerifyContext } from './verify-context.ts'

export interface HoursToVerify {
  /** Hours that may have minute rows or history, in order. */
  readonly hours: readonly number[]
  /** Hours of history whose minute rows are all past their retention: there is nothing to compare. */
  readonly pastRetention: number
}

/** Up to this many hours are asked for their rows one by one; for more, the table is read once. */
const maxAskedHours = 1_000

/**
 * The hours that a stretch of event time touches (epoch ms, `toMs` exclusive; all unless told).
 * History lists its hours by folders, one request a date. The hours of minute rows can't be listed
 * without reading the table, so of a short stretch every hour is taken, which costs one query a
 * bucket where there is nothing. A deployment that keeps minute rows for 35 days has no long stretch.
 */
export async function hoursToVerify(
  context: VerifyContext,
  range: { readonly fromMs: number; readonly toMs: number },
): Promise<HoursToVerify> {
  const { history, minutes } = context.stores
  // No event that was taken is dated further ahead.
  const lastMs = hourStart(context.nowMs() + context.pipeline.maxAheadMs) + hourLengthMs
  const toMs = Math.min(range.toMs, lastMs)
  const fromMs = range.fromMs
  const hours = new Set<number>()
  let pastRetention = 0
  for await (const hourMs of history.hours(fromMs, toMs)) {
    if (isExpired(context, hourMs)) pastRetention++
    else hours.add(hourMs)
  }
  const kept = keptHours(context, fromMs, toMs)
  if (kept !== undefined) {
    for (const hourMs of kept) hours.add(hourMs)
  } else {
    for await (const hourMs of minutes.hours()) {
      if (hourMs < toMs && fromMs < hourMs + hourLengthMs) hours.add(hourMs)
    }
  }
  return { hours: [...hours].sort((a, b) => a - b), pastRetention }
}

/** The last hours that are over, the newest first, as far as their minute rows are kept. */
export function lastHours(context: VerifyContext, count: number): number[] {
  const firstOpenMs = hourStart(context.nowMs() - context.graceMs)
  return Array.from({ length: count }, (_, at) => firstOpenMs - (at + 1) * hourLengthMs).filter(
    (hourMs) => !isExpired(context, hourMs),
  )
}

/** Every hour of a stretch whose minute rows are kept; undefined where these are too many. */
function keptHours(context: VerifyContext, fromMs: number, toMs: number): number[] | undefined {
  const hours: number[] = []
  for (let hourMs = hourStart(toMs - 1); hourMs + hourLengthMs > fromMs; hourMs -= hourLengthMs) {
    if (isExpired(context, hourMs)) break
    if (hours.length === maxAskedHours) return undefined
    hours.push(hourMs)
  }
  return hours
}

/** Whether even the last minute of an hour is past its retention. */
function isExpired({ stores }: VerifyContext, hourMs: number): boolean {
  return stores.minutes.isExpired(hourMs + hourLengthMs - minuteLengthMs)
}
