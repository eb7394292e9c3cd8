/** Why minute rows and history may differ with neither of them at fault, each as a sentence. */
export const explanations = {
  'past-retention': 'Their minutes are past their retention, and history alone goes on with them.',
  'given-up': 'Their events are in batches that Lambda gave up on, which wait to be redriven.',
  'in-flight': 'Their events are in a batch of the stream that is not done yet.',
  'hour-open': 'Their hour is not over; what a producer sent twice is dropped once it is.',
  'hour-changed': 'Their hour has changed; the next rollup puts them right.',
  'refused-by-definition':
    'History of their hour has events that the definition of today refuses, and minute rows may ' +
    'have counted them.',
} as const

export type Explanation = keyof typeof explanations

/** A row that differs, as far as an explanation depends on it. */
export interface Differing {
  readonly inMinutes: boolean
  readonly inHistory: boolean
  /** Its minute is past its retention. */
  readonly expired: boolean
  /** A batch that Lambda gave up on has events of it. */
  readonly givenUp: boolean
  /** History has events of it from a batch beyond what its shard has done. */
  readonly underWay: boolean
  /** Whoever folds its hour from history writes its exact total, so that readers see that. */
  readonly corrected: boolean
}

/** The hour that it is in. */
export interface HourState {
  readonly open: boolean
  /** The ledger said so before or after the rows were read. */
  readonly marked: boolean
  /** Lines of history that the definition of today refuses. */
  readonly unreadable: number
}

/**
 * What explains a difference, if anything does. An explanation is of the row's own events wherever
 * these can be told: that an hour is open, say, explains no row but those that its end will correct.
 */
export function explain(row: Differing, hour: HourState): Explanation | undefined {
  // A row that is still there was made when minutes were kept for longer, and changes no more.
  if (row.expired) return 'past-retention'
  if (row.givenUp && row.inHistory) return 'given-up'
  if (row.underWay) return 'in-flight'
  if (row.corrected && hour.open) return 'hour-open'
  if (row.corrected && hour.marked) return 'hour-changed'
  // Such an event is in no total of history, so it can add to minute rows and not take from them.
  if (row.inMinutes && hour.unreadable > 0) return 'refused-by-definition'
  return undefined
}
