/** Why minute rows and history may differ with neither of them at fault, each as a sentence. */
export const explanations = {
  'past-retention': 'Their minutes are past their retention, and history alone goes on with them.',
  'given-up': 'Their events are in batches that Lambda gave up on, which wait to be redriven.',
  'in-flight': 'Their events are in a batch of the stream that is not done yet.',
  'hour-open': 'Their hour is not over; what a producer sent twice is dropped once it is.',
  'hour-changed': 'Their hour has changed; the next rollup puts them right.',
  'refused-by-definition':
    'They count more events than history has, which may be those of their hour that the definition ' +
    'of today refuses.',
} as const

export type Explanation = keyof typeof explanations

/** A row that differs, as far as an explanation depends on it. */
export interface Differing {
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
}

/**
 * What explains a difference, if anything does. An explanation is of the row's own events: that an
 * hour is open, say, explains no row but those that its end will correct. Events that are refused
 * today can't be told to be of a row; `mayBeRefused` is asked last, whether they can explain it.
 */
export function explain(
  row: Differing,
  hour: HourState,
  mayBeRefused: () => boolean,
): Explanation | undefined {
  // A row that is still there was made when minutes were kept for longer, and changes no more.
  if (row.expired) return 'past-retention'
  if (row.givenUp && row.inHistory) return 'given-up'
  if (row.underWay) return 'in-flight'
  if (row.corrected && hour.open) return 'hour-open'
  if (row.corrected && hour.marked) return 'hour-changed'
  // Last, since what this explains leaves less to explain other rows by.
  if (mayBeRefused()) return 'refused-by-definition'
  return undefined
}
