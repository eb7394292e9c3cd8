import { type Aggregation, type Calendar, createCalendar } from '../core/index.ts'
import type { ChangedUnits } from '../ledger/changed-units.ts'
import type { MinuteRows } from '../rows/minute-rows.ts'
import type { RollupRows } from '../rows/rollup-rows.ts'

/** The stores that queries of rows read. */
export interface RowStores {
  readonly minutes: MinuteRows
  readonly rollups: RollupRows
  readonly changed: ChangedUnits
}

/** Data that rows are read from, as far as they depend on it. */
export interface RowData {
  readonly stores: RowStores
  readonly timeZone: string
  /** How long after its end an hour is still taken from minute rows. */
  readonly graceMs: number
}

/** What every query of rows reads from, and the moment it is asked at. */
export interface Reader extends RowStores {
  readonly aggregation: Aggregation
  readonly calendar: Calendar
  readonly nowMs: number
  /** How long after its end an hour is still taken from minute rows. */
  readonly graceMs: number
}

/** A stretch of event time, epoch ms, `toMs` exclusive. */
export interface TimeRange {
  readonly fromMs: number
  readonly toMs: number
}

/** A reader of one aggregation's rows at a moment, epoch ms. Throws UnknownTimeZone. */
export function createReader(data: RowData, aggregation: Aggregation, nowMs: number): Reader {
  const { minutes, rollups, changed } = data.stores
  const calendar = createCalendar(data.timeZone)
  return { aggregation, calendar, minutes, rollups, changed, nowMs, graceMs: data.graceMs }
}
