import {
  type Aggregation,
  addEvent,
  keyOf,
  mergeStates,
  type State,
  zeroState,
} from './aggregation.ts'
import type { DecodedEvent } from './decode-event.ts'
import type { Definition } from './definition.ts'
import type { EventValues } from './measures/index.ts'
import { minuteStart } from './windows/index.ts'

/** What one key of one aggregation comes to in one minute (UTC). */
export interface MinuteTotal {
  readonly aggregation: Aggregation
  readonly key: string
  readonly minuteMs: number
  readonly state: State
}

/** What events come to, each key's minute by itself. */
export interface MinuteTotals {
  get(aggregation: Aggregation, key: string, minuteMs: number): MinuteTotal | undefined
  totals(): Iterable<MinuteTotal>
}

interface FoldedTotal extends MinuteTotal {
  state: State
  /** The lines, given to `add`, of the events in it; empty where none were given. */
  readonly lines: number[]
}

/**
 * Events to totals per (aggregation, minute, key): the one fold of this project. The stream folds a
 * batch with it, the rollup an hour of history; coarser totals are merged from its minutes.
 */
export class Fold implements MinuteTotals {
  readonly #aggregations: readonly Aggregation[]
  readonly #totals = new Map<Aggregation, Map<number, Map<string, FoldedTotal>>>()

  constructor(definition: Definition) {
    this.#aggregations = definition.aggregations
  }

  /** Adds an event to one total per aggregation, and notes its line there if one is given. */
  add(event: DecodedEvent, line?: number): void {
    for (const aggregation of this.#aggregations) {
      const minuteMs = minuteStart(event.timeMs)
      const total = this.#at(aggregation, keyOf(aggregation, event.values), minuteMs)
      total.state = addEvent(aggregation, total.state, event.values)
      if (line !== undefined) total.lines.push(line)
    }
  }

  /** Merges a state that was folded elsewhere. */
  merge(aggregation: Aggregation, key: string, minuteMs: number, state: State): void {
    const total = this.#at(aggregation, key, minuteMs)
    total.state = mergeStates(aggregation, total.state, state)
  }

  get(aggregation: Aggregation, key: string, minuteMs: number): FoldedTotal | undefined {
    return this.#totals.get(aggregation)?.get(minuteMs)?.get(key)
  }

  *totals(): IterableIterator<FoldedTotal> {
    for (const minutes of this.#totals.values()) {
      for (const keys of minutes.values()) yield* keys.values()
    }
  }

  #at(aggregation: Aggregation, key: string, minuteMs: number): FoldedTotal {
    const minutes = computeIfAbsent(this.#totals, aggregation, () => new Map())
    const keys = computeIfAbsent(minutes, minuteMs, () => new Map())
    return computeIfAbsent(keys, key, () => ({
      aggregation,
      key,
      minuteMs,
      state: zeroState(aggregation),
      lines: [],
    }))
  }
}

/** The state of just these events: what a total would be had nothing else been added. */
export function foldEvents(aggregation: Aggregation, events: Iterable<EventValues>): State {
  let state = zeroState(aggregation)
  for (const event of events) state = addEvent(aggregation, state, event)
  return state
}

function computeIfAbsent<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key)
  if (value === undefined) {
    value = make()
    map.set(key, value)
  }
  return value
}
