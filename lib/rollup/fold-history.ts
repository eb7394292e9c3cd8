import {
  type Aggregation,
  beginHistoryFold,
  type Definition,
  type HistoryFold,
  keyMinute,
  type MinuteTotals,
} from '../core/index.ts'
import { type BatchCut, type History, isRedriven } from '../records/history.ts'
import type { Correction } from '../rows/minute-rows.ts'

/** One hour of history, every event once. */
export interface FoldedHistory {
  readonly fold: MinuteTotals
  /**
   * Per aggregation, the corrections of the minutes that the shards' lanes may have wrong: they
   * counted an event twice, or do not hold one that was redriven.
   */
  readonly corrections: ReadonlyMap<Aggregation, ReadonlyMap<string, Correction>>
  /** Events that history held more than once under one id. */
  readonly duplicatesDropped: number
  /** Lines of history that the definition of today refuses; they stay in history. */
  readonly refusedLines: number
  /** The cuts of history that hold events which can be read. */
  readonly cuts: readonly BatchCut[]
}

/**
 * Takes each event id once, the first in the order of the objects' names. Which one is first may
 * change when history grows, but then only a new event goes before an old one, so a minute that had
 * to be corrected once has to be at every later fold, and its correction is made anew: as long as
 * every line that spoke for it can be read.
 *
 * `onChunk` is called before each chunk of lines, so that a fold may be given up by throwing. Holds
 * the hour's event ids and its totals in memory. Throws StorageTrouble, or what `onChunk` does.
 */
export async function foldHistory(
  definition: Definition,
  history: Pick<History, 'read'>,
  hourMs: number,
  onChunk?: () => void,
): Promise<FoldedHistory> {
  const fold = beginHistoryFold(definition)
  const cuts = new Set<BatchCut>()
  for await (const { cut, lines } of history.read(hourMs)) {
    onChunk?.()
    const events = fold.add(lines, isRedriven(cut))
    if (events > 0) cuts.add(cut)
  }
  const { totals, duplicatesDropped, refusedLines } = fold
  const corrections = new Map(definition.aggregations.map((one) => [one, correctionsOf(fold, one)]))
  return { fold: totals, corrections, duplicatesDropped, refusedLines, cuts: [...cuts] }
}

function correctionsOf(fold: HistoryFold, aggregation: Aggregation): Map<string, Correction> {
  const totals = new Map<string, Correction>()
  for (const { key, minuteMs } of fold.uncertain(aggregation)) {
    const state = fold.totals.get(aggregation, key, minuteMs)?.state
    totals.set(keyMinute(key, minuteMs), { key, minuteMs, state })
  }
  return totals
}
