import type { VerifiedHour } from '../lib/verify/compare-hour.ts'
import { type Explanation, explanations } from '../lib/verify/explanation.ts'
import { formatNumber } from './output/table.ts'

/** What hours came to together. Rows are those of one key and minute. */
export interface Tally {
  hours: number
  rows: number
  correctedRows: number
  droppedDuplicates: number
  readonly explained: Map<Explanation, number>
  unexplained: number
  /** Hours of history that have no minute rows any more. */
  pastRetentionHours: number
  /** What is wrong with objects among the failed batches that are none, by their names. */
  readonly notBatches: Map<string, string>
}

export function emptyTally(): Tally {
  return {
    hours: 0,
    rows: 0,
    correctedRows: 0,
    droppedDuplicates: 0,
    explained: new Map(),
    unexplained: 0,
    pastRetentionHours: 0,
    notBatches: new Map(),
  }
}

/** Adds an hour; one that holds nothing counts for none. */
export function tallyHour(tally: Tally, verified: VerifiedHour): void {
  if (verified.rows > 0) tally.hours++
  tally.rows += verified.rows
  tally.correctedRows += verified.correctedRows
  tally.droppedDuplicates += verified.droppedDuplicates
  for (const { objectKey, message } of verified.notBatches) tally.notBatches.set(objectKey, message)
  for (const { explanation } of verified.differences) {
    if (explanation === undefined) tally.unexplained++
    else tally.explained.set(explanation, (tally.explained.get(explanation) ?? 0) + 1)
  }
}

/** What came of it, a sentence a line. */
export function verifySentences(tally: Tally): string {
  const number = (value: number) => formatNumber(String(value))
  const names = Object.keys(explanations) as Explanation[]
  const explained = names.flatMap((name) => {
    const rows = tally.explained.get(name)
    return rows === undefined ? [] : [`${number(rows)} rows differ, ${name}: ${explanations[name]}`]
  })
  const { unexplained, correctedRows, pastRetentionHours } = tally
  const lines = [
    `${number(tally.rows)} rows of ${number(tally.hours)} hours compared with history`,
    `${number(tally.droppedDuplicates)} events stand in history more than once`,
    ...(correctedRows > 0
      ? [`${number(correctedRows)} rows are right by totals from history, and not by the stream's`]
      : []),
    ...(pastRetentionHours > 0
      ? [`${number(pastRetentionHours)} hours of history have no minute rows any more`]
      : []),
    ...explained,
    unexplained > 0
      ? `${number(unexplained)} rows differ, unexplained`
      : explained.length > 0
        ? 'every difference is explained'
        : 'no row differs',
  ]
  return `${lines.join('\n')}\n`
}
