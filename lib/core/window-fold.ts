import type { Aggregation } from './aggregation.ts'
import type { Definition } from './definition.ts'
import type { RejectedLines } from './reject-tally.ts'
import type { TotalSyntax, TotalTexts } from './total-text.ts'
import type { WindowTotal } from './window-total.ts'
import type { Calendar, Grain } from './windows/index.ts'

export interface WindowFoldOptions {
  readonly definition: Definition
  /** One of the definition's, the only one that is folded. */
  readonly aggregation: Aggregation
  readonly grain: Grain
  readonly calendar: Calendar
  /** Whether each id counts once within an hour (UTC) of event time: the first that comes. */
  readonly eachIdOnce: boolean
  /** Bounds how far ahead an event may be dated. */
  readonly nowMs: number
}

/**
 * Text of events, a line each, to totals of one aggregation by the windows of one grain: what the
 * whole pipeline comes to, in one step.
 *
 * The engine stands behind it, and comes to what `ReferenceWindowFold` does.
 */
export interface WindowFold {
  /** Room to read text into, of at least so many bytes. It is valid until anything is called. */
  room(minBytes: number): Uint8Array
  /** Folds the first `bytes` of the room: whole lines, of which the last may lack its newline. */
  add(bytes: number): void
  /** Lines that were taken, duplicates among them. */
  readonly events: number
  readonly duplicatesDropped: number
  /** Lines of nothing but white space, which are no events. */
  readonly blankLines: number
  /** Lines that were not taken, by reason and field, in the order in which each first came. */
  readonly rejects: readonly RejectedLines[]
  /** By key, in the order of its UTF-16 code units, and window. */
  totals(): Iterable<WindowTotal>
  /** The same as text, for an aggregation of which `hasOnlyNumbers` says so. */
  texts(syntax: TotalSyntax): Iterable<TotalTexts>
}
