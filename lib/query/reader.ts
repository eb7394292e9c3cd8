import type { Aggregation, Calendar } from '../core/index.ts'
import type { ChangedUnits } from '../ledger/changed-units.ts'
import type { MinuteRows } from '../rows/minute-rows.ts'
import type { RollupRows } from '../rows/rollup-rows.ts'

/** What every query reads from, and the moment it is asked at. */
export interface Reader {
  readonly aggregation: Aggregation
  readonly calendar: Calendar
  readonly minutes: MinuteRows
  readonly rollups: RollupRows
  readonly changed: ChangedUnits
  readonly nowMs: number
  /** How long after its end an hour is still taken from minute rows. */
  readonly graceMs: number
}

/** A stretch of event time, epoch ms, `toMs` exclusive. */
export interface TimeRange {
  readonly fromMs: number
  readonly toMs: number
}

/** The query can't be answered as asked; the message says what to ask instead. */
export class BadQuery extends Error {
  override readonly name = 'BadQuery'
}
