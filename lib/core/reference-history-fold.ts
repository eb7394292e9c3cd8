import { type Aggregation, keyOf } from './aggregation.ts'
import { decodeEvent } from './decode-event.ts'
import type { Definition } from './definition.ts'
import { Fold, type MinuteTotals } from './fold.ts'
import { type HistoryFold, type KeyMinute, keyMinute } from './history-fold.ts'
import { IdSet } from './id-set.ts'
import type { Lines } from './lines.ts'
import { Reject } from './reject.ts'
import { minuteStart } from './windows/index.ts'

/** The fold of history in plain steps, one line after the other. */
export class ReferenceHistoryFold implements HistoryFold {
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
