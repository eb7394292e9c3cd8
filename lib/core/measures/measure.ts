import type { Units } from '../decimal.ts'
import type { FieldsOf, FieldValue } from '../fields/index.ts'

/** One event's decoded values, by field name. */
export type EventValues = Readonly<Record<string, FieldValue>>

/**
 * A mergeable aggregate. `zero` and `merge` are a commutative monoid over states, `prepare` makes
 * the state of one event, and `add(state, event)` equals `merge(state, prepare(event))`, only
 * faster. What is stored is a state; what a reader sees is made by `present`.
 *
 * The shape (prepare, monoid, present) is that of Twitter's Algebird, `Aggregator`.
 */
export interface Measure<State = unknown> {
  readonly zero: State
  prepare(event: EventValues): State
  merge(a: State, b: State): State
  add(state: State, event: EventValues): State
  /** What a state is stored under: suffixes to the measure's name, one per encoded text. */
  readonly suffixes: readonly string[]
  /** One exact decimal text per suffix; undefined where there is nothing to store. */
  encode(state: State): (string | undefined)[]
  decode(stored: readonly (string | undefined)[]): State
  /** The decimal text that readers see; null where no event had a value. */
  present(state: State): string | null
  /** What leaderboards order by; null comes last. */
  rank(state: State): Units | null
}

/** A measure as declared: it learns its fields' scales when the pipeline is defined. */
export interface MeasureSpec<FieldName extends string = string> {
  /** The name of the measure's constructor, such as `sum`. */
  readonly kind: string
  readonly fields: readonly FieldName[]
  bind(fields: FieldsOf): Measure
}
