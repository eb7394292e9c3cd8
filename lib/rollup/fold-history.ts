import { IdSet } from '../core/id-set.ts'
import {
  type Aggregation,
  type DecodedEvent,
  decodeEvent,
  Fold,
  keyOf,
  minuteStart,
  type Pipeline,
  Reject,
} from '../core/index.ts'
import { type BatchCut, type History, isRedriven } from '../records/history.ts'
import type { Correction } from '../rows/minute-rows.ts'

/** One text for each key's minute; an encoded key holds no `#`. */
export const keyMinute = (key: string, minuteMs: number) => `${key}#${minuteMs}`

/** One hour of history, every event once. */
export interface FoldedHistory {
  readonly fold: Fold
  /**
   * Per aggregation, the corrections of the minutes that the shards' lanes may have wrong: they
   * counted an event twice, or do not hold one that was redriven.
   */
  readonly corrections: ReadonlyMap<Aggregation, ReadonlyMap<string, Correction>>
  /** Events that history held more than once under one id. */
  readonly duplicatesDropped: number
  /** Lines of history that the definition of today refuses; they stay in history. */
  readonly refusedLines: number
}

export interface FoldWatcher {
  /** Called before each line, so that a fold may be given up by throwing. */
  readonly onLine?: (() => void) | undefined
  /** Sees every event that can be read, each time that it is there, with the cut that it is in. */
  readonly onEvent?: (cut: BatchCut, event: DecodedEvent) => void
}

/**
 * Takes each event id once, the first in the order of the objects' names. Which one is first may
 * change when history grows, but then only a new event goes before an old one, so a minute that had
 * to be corrected once has to be at every later fold, and its correction is made anew: as long as
 * every line that spoke for it can be read.
 *
 * Holds the hour's event ids and its totals in memory. Throws StorageTrouble, or what a watcher does.
 */
export async function foldHistory(
  pipeline: Pipeline,
  history: Pick<History, 'read'>,
  hourMs: number,
  { onLine, onEvent }: FoldWatcher = {},
): Promise<FoldedHistory> {
  const fold = new Fold(pipeline)
  const ids = new IdSet()
  const uncertain = new Map(pipeline.aggregations.map((one) => [one, new Map<string, KeyMinute>()]))
  let duplicatesDropped = 0
  let refusedLines = 0
  for await (const { cut, data } of history.read(hourMs)) {
    onLine?.()
    const event = decodeEvent(pipeline, data)
    if (event instanceof Reject) {
      refusedLines++
      continue
    }
    onEvent?.(cut, event)
    const isDuplicate = ids.has(event.id)
    if (isDuplicate || isRedriven(cut)) {
      const minuteMs = minuteStart(event.timeMs)
      for (const [aggregation, minutes] of uncertain) {
        const key = keyOf(aggregation, event.values)
        minutes.set(keyMinute(key, minuteMs), { key, minuteMs })
      }
    }
    if (isDuplicate) {
      duplicatesDropped++
    } else {
      ids.add(event.id)
      fold.add(event)
    }
  }
  const corrections = new Map<Aggregation, ReadonlyMap<string, Correction>>()
  for (const [aggregation, minutes] of uncertain) {
    corrections.set(aggregation, correctionsOf(fold, aggregation, minutes))
  }
  return { fold, corrections, duplicatesDropped, refusedLines }
}

type KeyMinute = Pick<Correction, 'key' | 'minuteMs'>

function correctionsOf(
  fold: Fold,
  aggregation: Aggregation,
  minutes: ReadonlyMap<string, KeyMinute>,
): Map<string, Correction> {
  const corrections = new Map<string, Correction>()
  for (const [id, { key, minuteMs }] of minutes) {
    corrections.set(id, { key, minuteMs, state: fold.get(aggregation, key, minuteMs)?.state })
  }
  return corrections
}
