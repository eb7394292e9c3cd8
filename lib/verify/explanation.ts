import type { Unsettled } from './trace-rows.ts'

/** Why minute rows and history may differ with neither of them at fault, each as a sentence. */
export const explanations = {
  'past-retention': 'Their minutes are past their retention, and history alone goes on with them.',
  'given-up': 'Their events are in batches that Lambda gave up on, which wait to be redriven.',
  'in-flight': 'Their events are in a batch of the stream that is not done yet.',
  rejected: 'Their events are in history and among the rejects, which wait to be redriven.',
  'hour-open': 'Their hour is not over; what a producer sent twice is dropped once it is.',
  'hour-changed': 'Their hour has changed; the next rollup puts them right.',
  'left-out':
    'Their hour was folded without lines that the definition of today takes; the next rollup puts ' +
    'them right.',
  'refused-by-definition':
    'They count other events than history has, which may be for those of their hour that the ' +
    'definition of today refuses.',
} as const

export type Explanation = keyof typeof explanations

/** A row that differs, as far as an explanation depends on it. */
export interface Differing {
  /** Its minute is past its retention. */
  readonly expired: boolean
  /** It counts no more and no fewer events than it may, whatever it waits for. */
  readonly possible: boolean
  /** Why minute rows need not show its events as history does. */
  readonly unsettled: Unsettled | undefined
  /** Whoever folds its hour from history writes its correction, so that readers see that. */
  readonly corrected: boolean
}

/** The hour that it is in. */
export interface HourState {
  readonly open: boolean
  /** The ledger said so before or after the rows were read. */
  readonly marked: boolean
}

/** Lines that are of no row for certain. Each is asked last, since what it explains uses it up. */
export interface BoundedLines {
  /** Lines that the last fold left out. */
  readonly leftOut: () => boolean
  /** Lines that the definition of today refuses. */
  readonly refused: () => boolean
}

/**
 * What explains a difference, if anything does. An explanation is of the row's own events: that an
 * hour is open, say, explains no row but those that its end will correct.
 */
export function explain(
  row: Differing,
  hour: HourState,
  lines: BoundedLines,
): Explanation | undefined {
  // Readers see rows of such minutes no more, whether they are still there or not.
  if (row.expired) return 'past-retention'
  if (!row.possible) return undefined
  if (row.unsettled !== undefined) return row.unsettled
  if (row.corrected && hour.open) return 'hour-open'
  if (row.corrected && hour.marked) return 'hour-changed'
  if (row.corrected && lines.leftOut()) return 'left-out'
  if (lines.refused()) return 'refused-by-definition'
  return undefined
}
