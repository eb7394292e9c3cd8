import { type Aggregation, keyOf } from './aggregation.ts'
import { decodeEvent } from './decode-event.ts'
import type { Definition } from './definition.ts'
import { Fold, type MinuteTotals } from './fold.ts'
import { IdSet } from './id-set.ts'
import type { Lines } from './lines.ts'
import { Reject } from './reject.ts'
import { minuteStart } from './windows/index.ts'

/** A key's minute. */
export interface KeyMinute {
  readonly key: string
  readonly minuteMs: number
}

/** Lines of history, as they come, to totals: each event id once, the first time that it comes. */
export interface HistoryFold {
  /**
   * Adds lines, and returns how many of them are events, duplicates among them. `mayBeMissing` tells
   * that minute rows may lack any of these events, as those of a redriven cut.
   */
  add(lines: Lines, mayBeMissing: boolean): number
  /** Events whose id had come before. */
  readonly duplicatesDropped: number
  /** Lines that the definition refuses. */
  readonly refusedLines: number
  readonly totals: MinuteTotals
  /** The minutes that minute rows may have wrong: of events that came again, or may be missing. */
  uncertain(aggregation: Aggregation): Iterable<KeyMinute>
}

/**
 * Begins to fold an hour of history. Holds its ids and totals in memory.
 *
 * This is the seam for a faster engine: what stands behind it comes to what this does, which is the
 * reference.
 */
export function beginHistoryFold(definition: Definition): HistoryFold {
  return new ReferenceHistoryFold(definition)
}

class ReferenceHistoryFold implements HistoryFold {
  readonly #definition: Definition
  readonly #fold: Fold
  readonly #ids = new IdSet()
  readonly #uncertain: ReadonlyMap<Aggregation, Map<string, KeyMinute>>
  #duplicatesDropped = 0
  #refusedLines = 0

  constructor(definition: Definition) {
    this.#definition = definition
    this.#fold = new Fold(definition)
    this.#uncertain = new Map(definition.aggregations.map((one) => [one, new Map()]))
  }

  add(lines: Lines, mayBeMissing: boolean): number {
    let events = 0
    for (let line = 0; line < lines.length; line++) {
      const event = decodeEvent(this.#definition, lines.at(line))
      if (event instanceof Reject) {
        this.#refusedLines++
        continue
      }
      events++
      const isDuplicate = this.#ids.has(event.id)
      if (isDuplicate || mayBeMissing) {
        const minuteMs = minuteStart(event.timeMs)
        for (const [aggregation, minutes] of this.#uncertain) {
          const key = keyOf(aggregation, event.values)
          minutes.set(keyMinute(key, minuteMs), { key, minuteMs })
        }
      }
      if (isDuplicate) {
        this.#duplicatesDropped++
      } else {
        this.#ids.add(event.id)
        this.#fold.add(event)
      }
    }
    return events
  }

  get duplicatesDropped(): number {
    return this.#duplicatesDropped
  }

  get refusedLines(): number {
    return this.#refusedLines
  }

  get totals(): MinuteTotals {
    return this.#fold
  }

  uncertain(aggregation: Aggregation): Iterable<KeyMinute> {
    return this.#uncertain.get(aggregation)?.values() ?? []
  }
}

/** One text for each key's minute; an encoded key holds no `#`. */
export const keyMinute = (key: string, minuteMs: number) => `${key}#${minuteMs}`
