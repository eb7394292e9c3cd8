import type { UnexpectedContent } from '../aws/unexpected-content.ts'
import { hourMs as hourLengthMs } from '../core/index.ts'
import { compareStates, type Difference } from './difference.ts'
import { explain } from './explanation.ts'
import type { GivenUpRows } from './given-up-rows.ts'
import { isCorrected, type ReadHour, readHour } from './read-hour.ts'
import { RefusedLines } from './refused-lines.ts'
import type { VerifyContext } from './verify-context.ts'

/** What came of one hour. */
export interface VerifiedHour {
  readonly hourMs: number
  /** Keys' minutes that minute rows or history have. */
  readonly rows: number
  /** Rows that are right, and would not be by the shards' lanes alone. */
  readonly correctedRows: number
  /** Events that history holds more than once under one id. */
  readonly droppedDuplicates: number
  /** Lines of history that the definition of today refuses. */
  readonly unreadableLines: number
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
  givenUpRows: GivenUpRows,
): Promise<VerifiedHour> {
  // Whatever a rollup did about a mark since then, the rows may not show yet.
  const wasMarked = await isMarked(context, hourMs)
  const read = await readHour(context, hourMs)
  return {
    hourMs,
    rows: read.rows.filter(({ minutes, history }) => (minutes ?? history) !== undefined).length,
    correctedRows: read.rows.filter(isCorrected).length,
    droppedDuplicates: read.folded.droppedDuplicates,
    unreadableLines: read.folded.unreadable,
    ...(await differencesOf(context, hourMs, read, wasMarked, givenUpRows)),
  }
}

const isMarked = ({ stores }: VerifyContext, hourMs: number) =>
  stores.changed.isMarked({ kind: 'hour', hourMs })

async function differencesOf(
  context: VerifyContext,
  hourMs: number,
  { rows, folded, cuts, underWay }: ReadHour,
  wasMarked: boolean,
  givenUpRows: GivenUpRows,
): Promise<Pick<VerifiedHour, 'differences' | 'notBatches'>> {
  const differing = rows.flatMap((row) => {
    const measures = compareStates(row.aggregation, row.minutes, row.history)
    return measures.length > 0 ? [{ ...row, measures }] : []
  })
  if (differing.length === 0) return { differences: [], notBatches: [] }
  const givenUp = await givenUpRows.inHour(hourMs, cuts)
  const hour = {
    open: context.nowMs() < hourMs + hourLengthMs + context.graceMs,
    // Read after the batches, since one that is redriven is marked before it is gone.
    marked: wasMarked || (await isMarked(context, hourMs)),
  }
  const refused = new RefusedLines(folded.unreadable)
  const differences = differing.map((states): Difference => {
    const { id, aggregation, key, minuteMs, measures } = states
    const row = {
      inHistory: states.history !== undefined,
      expired: context.stores.minutes.isExpired(minuteMs),
      givenUp: givenUp.ids.has(id),
      underWay: underWay.has(id),
      corrected: folded.corrected.get(aggregation)?.has(`${key}#${minuteMs}`) ?? false,
    }
    const explanation = explain(row, hour, () => refused.explain(states))
    return { aggregation, key, minuteMs, measures, explanation }
  })
  return { differences, notBatches: givenUp.notBatches }
}
