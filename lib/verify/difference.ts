import { type Aggregation, type EncodedState, type State, sameState } from '../core/index.ts'
import type { Explanation } from './explanation.ts'

/** A measure that differs, as readers see it; null where a side has no row, or no value in it. */
export interface MeasureDifference {
  readonly name: string
  readonly minutes: string | null
  readonly history: string | null
}

/** A key's minute that is not the same in minute rows and in history. */
export interface Difference {
  readonly aggregation: Aggregation
  readonly key: string
  readonly minuteMs: number
  /** Those that differ, at least one. */
  readonly measures: readonly MeasureDifference[]
  /** Why that may be; undefined where nothing explains it. */
  readonly explanation: Explanation | undefined
}

/**
 * The measures in which two states differ, which are compared as they are stored: two means may look
 * alike and be of different events. Those that do look alike are left out where others do not.
 */
export function compareStates(
  { measures }: Aggregation,
  minutes: State | undefined,
  history: State | undefined,
): MeasureDifference[] {
  const differing = measures.flatMap(({ name, measure }, at) => {
    const { codec, presentation } = measure
    const stored = (state: State | undefined) => state && codec.encode(state[at])
    const shown = (state: State | undefined) => (state ? presentation.present(state[at]) : null)
    if (areSame(stored(minutes), stored(history))) return []
    return [{ name, minutes: shown(minutes), history: shown(history) }]
  })
  const visible = differing.filter((measure) => measure.minutes !== measure.history)
  return visible.length > 0 ? visible : differing
}

/** Having no state is the same on both sides only. */
function areSame(a: EncodedState | undefined, b: EncodedState | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameState(a, b)
}
