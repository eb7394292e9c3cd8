import type { Aggregation, State } from '../core/index.ts'
import { countedEvents } from './counted-events.ts'

/** A row of two folds; undefined where it has no such row. */
export interface TwoFolds {
  readonly aggregation: Aggregation
  /** Of the one that took some lines. */
  readonly withThem: State | undefined
  /** Of the one that left them out. */
  readonly without: State | undefined
  /** Whether the fold that took them may have left out another content of one of their ids here. */
  readonly mayBeDisplaced: boolean
}

/**
 * Lines of one hour of history that one definition takes and another refuses. Which rows counted
 * them can't be read from them, but each is one event at most, of one row of each aggregation, and
 * takes the place of one other at most: so their number bounds what they can explain.
 */
export class LeftOutLines {
  readonly #lines: bigint
  readonly #added = new Map<Aggregation, bigint>()
  readonly #displaced = new Map<Aggregation, bigint>()

  constructor(lines: number) {
    this.#lines = BigInt(lines)
  }

  /**
   * Whether such lines may be why a row differs, and no row before it. To be asked once per row.
   */
  explain(row: TwoFolds): boolean {
    const { aggregation, mayBeDisplaced } = row
    if (row.withThem === undefined && !mayBeDisplaced) return false
    const excess = excessOf(row)
    if (excess === undefined) {
      // Where events are not counted, it is one at least that is too many or too few.
      return (
        (mayBeDisplaced && this.#take(this.#displaced, aggregation, 1n)) ||
        this.#take(this.#added, aggregation, 1n)
      )
    }
    if (excess > 0n) return this.#take(this.#added, aggregation, excess)
    if (!mayBeDisplaced) return false
    if (excess < 0n) return this.#take(this.#displaced, aggregation, -excess)
    // As many events, of other contents.
    return this.#take(this.#added, aggregation, 1n) && this.#take(this.#displaced, aggregation, 1n)
  }

  #take(taken: Map<Aggregation, bigint>, aggregation: Aggregation, events: bigint): boolean {
    const next = (taken.get(aggregation) ?? 0n) + events
    if (next > this.#lines) return false
    taken.set(aggregation, next)
    return true
  }
}

/** How many events more are in it with those lines; undefined where these are not counted. */
function excessOf({ aggregation, withThem, without }: TwoFolds): bigint | undefined {
  const events = countedEvents(aggregation, withThem)
  const others = countedEvents(aggregation, without)
  return events === undefined || others === undefined ? undefined : events - others
}
