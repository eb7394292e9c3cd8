import pMap from 'p-map'
import { type CalendarGrain, hourName } from '../core/index.ts'
import { type Item, readText, type Table } from '../store/table.ts'
import { ledgerHour } from './ledger-hour.ts'
import { putNewToken } from './put-new-token.ts'

/** An hour (UTC) of event time, to be folded into parts: of all aggregations at once. */
export interface HourUnit {
  readonly kind: 'hour'
  readonly hourMs: number
}

/** A period of one aggregation and one of its key ranges, to be merged from finer parts. */
export interface PeriodUnit {
  readonly kind: CalendarGrain
  readonly aggregation: string
  readonly period: string
  readonly range: number
}

export type Unit = HourUnit | PeriodUnit

export interface ChangedUnit<Of extends Unit = Unit> {
  readonly unit: Of
  /** Another at every change, so that what came in meanwhile is never taken for done. */
  readonly token: string
  /** When it last changed: a mark takes the place of those before it. */
  readonly markedAtMs: number
  /** Folded at this token while the hour was open, so it waits for the hour's end. */
  readonly foldedOpen: boolean
  /** Until then (epoch ms) a worker has the unit, and scheduled runs leave it alone; 0 if none. */
  readonly heldUntilMs: number
}

/**
 * What has changed and is to be computed anew: pk `changed#<kind>`, sk the unit's name. A unit is
 * cleared only at the token that was read before its inputs were.
 */
export interface ChangedUnits {
  mark(units: readonly Unit[], nowMs: number): Promise<void>
  /** Marks one unit for the caller itself to work on. */
  markOne<Of extends Unit>(unit: Of, nowMs: number, heldUntilMs: number): Promise<ChangedUnit<Of>>
  list<Kind extends Unit['kind']>(
    kind: Kind,
  ): AsyncIterable<ChangedUnit<Extract<Unit, { readonly kind: Kind }>>>
  /** Whether a unit is marked as changed. */
  isMarked(unit: Unit): Promise<boolean>
  /** Whether it was cleared, which it is not when it was marked again meanwhile. */
  clear(changed: ChangedUnit): Promise<boolean>
  /** Notes that an open hour was folded, unless it was marked again meanwhile. */
  noteFoldedOpen(changed: ChangedUnit<HourUnit>): Promise<void>
}

const marksUnderWay = 16

/** `newToken` returns another text each time, on every machine. */
export function createChangedUnits(table: Table, newToken: () => string): ChangedUnits {
  return {
    async mark(units, nowMs) {
      const markOne = (unit: Unit) =>
        putNewToken(table, (token) => itemOf(unit, token, nowMs), newToken, { anothersDoes: true })
      await pMap(units, markOne, { concurrency: marksUnderWay })
    },

    async markOne(unit, nowMs, heldUntilMs) {
      const held = { heldUntilMs: { N: String(heldUntilMs) } }
      const itemWith = (token: string) => ({ ...itemOf(unit, token, nowMs), ...held })
      const token = await putNewToken(table, itemWith, newToken)
      return { unit, token, markedAtMs: nowMs, foldedOpen: false, heldUntilMs }
    },

    async *list(kind) {
      for await (const item of table.query(`changed#${kind}`)) {
        yield {
          unit: parseUnit(kind, readText(item, 'sk')),
          token: readText(item, 'token'),
          markedAtMs: Date.parse(readText(item, 'markedAt')),
          foldedOpen: item.foldedOpen?.BOOL ?? false,
          heldUntilMs: Number(item.heldUntilMs?.N ?? 0),
        }
      }
    },

    isMarked: async (unit) => (await table.get(keyOf(unit))) !== undefined,

    clear: ({ unit, token }) => table.delete(keyOf(unit), atToken(token)),

    async noteFoldedOpen({ unit, token, markedAtMs }) {
      const item = { ...itemOf(unit, token, markedAtMs), foldedOpen: { BOOL: true } }
      await table.put(item, atToken(token))
    },
  }
}

const atToken = (token: string) => [{ attribute: 'token', is: '=', value: { S: token } }] as const

const keyOf = (unit: Unit) => ({ pk: `changed#${unit.kind}`, sk: unitName(unit) })

function itemOf(unit: Unit, token: string, markedAtMs: number): Item {
  const { pk, sk } = keyOf(unit)
  return {
    pk: { S: pk },
    sk: { S: sk },
    token: { S: token },
    markedAt: { S: new Date(markedAtMs).toISOString() },
  }
}

/** `2026-11-22T10`, or `<aggregation>#<period>#<range>`. */
export function unitName(unit: Unit): string {
  return unit.kind === 'hour'
    ? hourName(unit.hourMs)
    : `${unit.aggregation}#${unit.period}#${unit.range}`
}

function parseUnit<Kind extends Unit['kind']>(kind: Kind, name: string) {
  const unit =
    kind === 'hour' ? { kind, hourMs: ledgerHour(name) } : parsePeriod(kind as CalendarGrain, name)
  return unit as Extract<Unit, { readonly kind: Kind }>
}

function parsePeriod(kind: CalendarGrain, name: string): PeriodUnit {
  const [aggregation = '', period = '', range = ''] = name.split('#')
  return { kind, aggregation, period, range: Number(range) }
}
