import type { Aggregation } from './aggregation.ts'
import type { MinuteTotal, MinuteTotals } from './fold.ts'
import type { Reject } from './reject.ts'

/** What one key comes to in one minute, by the events of a batch from some line on. */
export interface BatchTotal extends MinuteTotal {
  /** The last line that is in it. */
  readonly lastLine: number
}

/** The totals of a batch from some line on. */
export interface BatchFold extends MinuteTotals {
  get(aggregation: Aggregation, key: string, minuteMs: number): BatchTotal | undefined
  totals(): Iterable<BatchTotal>
}

/**
 * What a definition makes of the lines of a batch. Lines are told by their numbers, from 0. No
 * event is handed out: what a minute row lacks of a batch is always what comes after some record,
 * so whoever writes it asks for the totals from there on.
 */
export interface DecodedBatch {
  /** Lines that were taken. */
  readonly events: number
  /** The lines that were not taken, in order, and why. */
  readonly rejects: ReadonlyMap<number, Reject>
  /** For each line the UTC hour (epoch ms) of its event time; NaN where it was not taken. */
  readonly hours: Float64Array
  /**
   * The totals of the events from a line on; 0 gives those of all. It may be asked for any number of
   * lines and of rows: one row costs no more than the events that are in it.
   */
  fold(fromLine: number): BatchFold
}
