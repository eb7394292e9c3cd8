import type { VerifiedHour } from './compare-hour.ts'
import type { Explanation } from './explanation.ts'
import type { Stretch } from './hours-to-verify.ts'
import type { UnverifiableHour } from './unverifiable-hour.ts'

/** What hours came to together. Rows are those of one key and minute. */
export interface Tally {
  /** What was asked for. */
  readonly asked: Stretch
  /** The hours of it that have something to compare, in order. */
  found: readonly number[]
  hours: number
  rows: number
  correctedRows: number
  duplicatesDropped: number
  readonly explained: Map<Explanation, number>
  unexplained: number
  /** Hours of history that have no minute rows any more. */
  pastRetentionHours: number
  /** Hours of which something stored is damaged. */
  readonly unverifiable: UnverifiableHour[]
  /** What is wrong with objects among the failed batches that are none, by their names. */
  readonly notBatches: Map<string, string>
}

export function emptyTally(asked: Stretch): Tally {
  return {
    asked,
    found: [],
    hours: 0,
    rows: 0,
    correctedRows: 0,
    duplicatesDropped: 0,
    explained: new Map(),
    unexplained: 0,
    pastRetentionHours: 0,
    unverifiable: [],
    notBatches: new Map(),
  }
}

/** Adds an hour; one that holds nothing counts for none. */
export function tallyHour(tally: Tally, verified: VerifiedHour): void {
  if (verified.rows > 0) tally.hours++
  tally.rows += verified.rows
  tally.correctedRows += verified.correctedRows
  tally.duplicatesDropped += verified.duplicatesDropped
  for (const { objectKey, message } of verified.notBatches) tally.notBatches.set(objectKey, message)
  for (const { explanation } of verified.differences) {
    if (explanation === undefined) tally.unexplained++
    else tally.explained.set(explanation, (tally.explained.get(explanation) ?? 0) + 1)
  }
}
