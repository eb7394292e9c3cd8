import type { Aggregation, State } from '../core/index.ts'

/** A row that differs, as the two sides have it; undefined where a side has no row. */
export interface TwoStates {
  readonly aggregation: Aggregation
  readonly minutes: State | undefined
  readonly history: State | undefined
}

/**
 * The lines of one hour of history that the definition of today refuses. Which rows counted them
 * can't be read from them any more, but each is one event at most, and that is of one row of each
 * aggregation: so their number bounds what they can explain.
 */
export class RefusedLines {
  readonly #lines: bigint
  readonly #explained = new Map<Aggregation, bigint>()

  constructor(lines: number) {
    this.#lines = BigInt(lines)
  }

  /**
   * Whether a row may have counted some of these that no row before it did. They are in no total of
   * history, so they add to minute rows and never take from them. To be asked once per row.
   */
  explain({ aggregation, minutes, history }: TwoStates): boolean {
    if (minutes === undefined) return false
    // Where events are not counted, the row has at least one too many, or they don't explain it.
    const excess = excessOf(aggregation, minutes, history) ?? 1n
    const explained = (this.#explained.get(aggregation) ?? 0n) + excess
    if (excess <= 0n || explained > this.#lines) return false
    this.#explained.set(aggregation, explained)
    return true
  }
}

/** How many events more minute rows have; undefined where the aggregation does not count them. */
function excessOf(
  { measures }: Aggregation,
  minutes: State,
  history: State | undefined,
): bigint | undefined {
  const at = measures.findIndex(({ kind }) => kind === 'count')
  if (at < 0) return undefined
  const eventsOf = (state: State) => BigInt(measures[at]?.measure.present(state[at]) ?? 0)
  return eventsOf(minutes) - (history === undefined ? 0n : eventsOf(history))
}
