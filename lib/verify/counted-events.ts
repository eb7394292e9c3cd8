import type { Aggregation, State } from '../core/index.ts'

/** How many events a row counts, none where there is no row; undefined where they are not counted. */
export function countedEvents(
  { measures }: Aggregation,
  state: State | undefined,
): bigint | undefined {
  const at = measures.findIndex(({ kind }) => kind === 'count')
  if (at < 0) return undefined
  return state === undefined ? 0n : BigInt(measures[at]?.measure.presentation.rank(state[at]) ?? 0)
}
