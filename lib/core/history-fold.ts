import type { Aggregation } from './aggregation.ts'
import type { MinuteTotals } from './fold.ts'
import type { Lines } from './lines.ts'

/** A key's minute. */
export interface KeyMinute {
  readonly key: string
  readonly minuteMs: number
}

/**
 * Lines of history, as they come, to totals: each event id once, the first time that it comes. Once
 * `totals` or `uncertain` was asked for, the fold is over, and nothing may be added.
 */
export interface HistoryFold {
  /**
   * Adds lines, and returns how many of them are events, duplicates among them. `mayBeMissing` tells
   * that minute rows may lack any of these events, as those of a redriven cut.
   */
  add(lines: Lines, mayBeMissing: boolean): number
  /** Events whose id had come before. */
  readonly duplicatesDropped: number
  /** Lines that the definition refuses. */
  readonly refusedLines: number
  readonly totals: MinuteTotals
  /** The minutes that minute rows may have wrong: of events that came again, or may be missing. */
  uncertain(aggregation: Aggregation): Iterable<KeyMinute>
}

/** One text for each key's minute; an encoded key holds no `#`. */
export const keyMinute = (key: string, minuteMs: number) => `${key}#${minuteMs}`
