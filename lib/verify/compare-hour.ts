import { type DecodedEvent, isHourOpen, keyMinute } from '../core/index.ts'
import type { BatchCut } from '../records/history.ts'
import type { UnexpectedContent } from '../store/unexpected-content.ts'
import { compareStates, type Difference } from './difference.ts'
import { type DueFold, eitherDue, readDueFold } from './due-fold.ts'
import { explain } from './explanation.ts'
import type { GivenUpRecords } from './given-up-records.ts'
import { LeftOutLines } from './left-out-lines.ts'
import { type BothSides, isBeyond, isCorrected, type ReadHour, readHour } from './read-hour.ts'
import { rejectedRecords } from './rejected-records.ts'
import { isPossible, type TracedRow, traceRows, type Unsettled } from './trace-rows.ts'
import type { VerifyContext } from './verify-context.ts'

/** What came of one hour. */
export interface VerifiedHour {
  readonly hourMs: number
  /** Keys' minutes that minute rows or history have. */
  readonly rows: number
  /** Rows that are right, and would not be by the shards' lanes alone. */
  readonly correctedRows: number
  /** Events that history holds more than once under one id. */
  readonly duplicatesDropped: number
  /** Lines of history that the definition of today refuses. */
  readonly refusedLines: number
  readonly differences: readonly Difference[]
  /**
   * Objects among the batches that were given up which are none: if there are events in them, these
   * explain nothing. Looked for only where something differs.
   */
  readonly notBatches: readonly UnexpectedContent[]
}

/**
 * Compares one hour's minute rows, as readers see them, with its history, and explains what differs.
 * Holds the hour's rows and event ids in memory. Throws StorageTrouble.
 */
export async function compareHour(
  context: VerifyContext,
  hourMs: number,
  givenUp: GivenUpRecords,
): Promise<VerifiedHour> {
  // Whatever a rollup did since then, the rows may not show yet.
  const due = await readDueFold(context, hourMs)
  const read = await readHour(context, hourMs)
  return {
    hourMs,
    rows: read.rows.filter(({ minutes, history }) => (minutes ?? history) !== undefined).length,
    correctedRows: read.rows.filter(isCorrected).length,
    duplicatesDropped: read.folded.duplicatesDropped,
    refusedLines: read.folded.refusedLines,
    ...(await differencesOf(context, hourMs, read, due, givenUp)),
  }
}

/**
 * The evidence is read after the rows, and what is due after the records that wait, since one that
 * is redriven is marked before it is gone. Rejects may be many, so they come last.
 */
async function differencesOf(
  context: VerifyContext,
  hourMs: number,
  read: ReadHour,
  dueBefore: DueFold,
  givenUp: GivenUpRecords,
): Promise<Pick<VerifiedHour, 'differences' | 'notBatches'>> {
  const differing = read.rows.flatMap((row) => {
    const measures = compareStates(row.aggregation, row.minutes, row.history)
    return measures.length > 0 ? [{ ...row, measures }] : []
  })
  if (differing.length === 0) return { differences: [], notBatches: [] }
  const { records, notBatches } = await givenUp.inHour(hourMs)
  const unsettledOf = (cut: BatchCut, event: DecodedEvent): Unsettled | undefined => {
    if (records.holds(cut, event)) return 'given-up'
    return isBeyond(cut, read.done) ? 'in-flight' : undefined
  }
  const rowIds = differing.map(({ id }) => id)
  const traced = await traceRows(context, hourMs, rowIds, unsettledOf)
  const explained = explainAll(context, hourMs, read, differing, dueBefore, traced)
  if (explained.every(({ explanation }) => explanation !== undefined)) {
    return { differences: explained, notBatches }
  }
  const rejected = await rejectedRecords(context, hourMs, read.folded.cuts)
  const withRejected = rejected.isEmpty
    ? traced
    : await traceRows(context, hourMs, rowIds, (cut, event) => {
        return unsettledOf(cut, event) ?? (rejected.holds(cut, event) ? 'rejected' : undefined)
      })
  const due = eitherDue(dueBefore, await readDueFold(context, hourMs))
  const differences = explainAll(context, hourMs, read, differing, due, withRejected)
  return { differences, notBatches }
}

type DifferingRow = BothSides & Pick<Difference, 'measures'>

function explainAll(
  context: VerifyContext,
  hourMs: number,
  { folded }: ReadHour,
  differing: readonly DifferingRow[],
  { marked, refusedLines }: DueFold,
  traced: ReadonlyMap<string, TracedRow>,
): Difference[] {
  const hour = { marked, open: isHourOpen(hourMs, context.nowMs(), context.graceMs) }
  const leftOut = new LeftOutLines(refusedLines)
  const refused = new LeftOutLines(folded.refusedLines)
  return differing.map((row): Difference => {
    const { id, aggregation, key, minuteMs, measures, minutes, history, hasCorrection } = row
    // Where a fold can't read all lines, it makes every correction of the hour anew.
    const corrected =
      (hasCorrection && folded.refusedLines > 0) ||
      (folded.corrections.get(aggregation)?.has(keyMinute(key, minuteMs)) ?? false)
    const expired = context.stores.minutes.isExpired(minuteMs)
    const trace = traced.get(id) as TracedRow
    const isDue = corrected && (hour.open || marked || refusedLines > 0)
    // Events that can't be read can't be counted either.
    const possible = folded.refusedLines > 0 || isPossible(row, trace, isDue)
    const explanation = explain({ expired, possible, corrected, ...trace }, hour, {
      leftOut: () =>
        leftOut.explain({
          aggregation,
          withThem: history,
          without: minutes,
          mayBeDisplaced: true,
        }),
      refused: () =>
        refused.explain({
          aggregation,
          withThem: minutes,
          without: history,
          mayBeDisplaced: hasCorrection,
        }),
    })
    return { aggregation, key, minuteMs, measures, explanation }
  })
}
