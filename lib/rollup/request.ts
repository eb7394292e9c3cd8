import { type CalendarGrain, calendarGrains, parseUtcName } from '../core/index.ts'
import { hourUnit, type Unit } from '../ledger/unit.ts'

/** What the function may be asked. The schedule sends an empty object. */
export type RollupRequest =
  /**
   * One run over all that changed. With `takeOver` the lease of an earlier run is taken and its work
   * done again. What that run left unfinished is settled once it must be over; as `soleProcess`, at once:
   * the caller knows that neither a run nor a worker is alive.
   */
  | { readonly kind: 'run'; readonly takeOver: boolean; readonly soleProcess: boolean }
  /** List the units of a backfill: days in the definition's zone, `to` exclusive. */
  | { readonly kind: 'plan'; readonly id: string; readonly from: string; readonly to: string }
  /** Compute one unit anew, as a worker of a backfill. */
  | { readonly kind: 'unit'; readonly unit: Unit }
  /** Compare minute rows with history for the last hours that are over. The second schedule's. */
  | { readonly kind: 'verify'; readonly hours: number }

/** The request is none of those that the function knows. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest'
}

/** A unit as a backfill's plan writes it, one JSON object a line. */
export type UnitLine =
  | { readonly kind: 'hour'; readonly hour: string }
  | {
      readonly kind: CalendarGrain
      readonly aggregation: string
      readonly period: string
      readonly range: number
    }

type Fields = Readonly<Record<string, unknown>>

/** Throws BadRequest. */
export function parseRequest(request: unknown): RollupRequest {
  if (!isFields(request)) throw new BadRequest('The request is not an object')
  if (request.plan !== undefined) {
    const { id, from, to } = isFields(request.plan) ? request.plan : {}
    if (typeof id !== 'string' || typeof from !== 'string' || typeof to !== 'string') {
      throw new BadRequest('A plan needs the texts id, from and to')
    }
    return { kind: 'plan', id, from, to }
  }
  if (request.unit !== undefined) {
    return { kind: 'unit', unit: parseUnit(isFields(request.unit) ? request.unit : {}) }
  }
  if (request.verify !== undefined) {
    const { hours } = isFields(request.verify) ? request.verify : {}
    if (typeof hours !== 'number' || !Number.isSafeInteger(hours) || hours < 1) {
      throw new BadRequest('To verify needs a whole number of hours, from 1 up')
    }
    return { kind: 'verify', hours }
  }
  const soleProcess = request.soleProcess === true
  return { kind: 'run', takeOver: soleProcess || request.takeOver === true, soleProcess }
}

function parseUnit({ kind, hour, aggregation, period, range }: Fields): Unit {
  if (kind === 'hour' && typeof hour === 'string') {
    const hourMs = parseUtcName('hour', hour)
    if (hourMs !== undefined) return hourUnit(hourMs)
  }
  const grain = calendarGrains.find((one) => one === kind)
  if (
    grain === undefined ||
    typeof aggregation !== 'string' ||
    typeof period !== 'string' ||
    !isRange(range)
  ) {
    throw new BadRequest(`The unit is none: ${JSON.stringify({ kind, hour, period, range })}`)
  }
  return { kind: grain, aggregation, period, range }
}

function isRange(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
