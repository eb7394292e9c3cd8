import {
  type Aggregation,
  addEvent,
  keyOf,
  mergeStates,
  type State,
  zeroState,
} from '../aggregation.ts'
import type { EventValues } from '../measures/index.ts'
import type { WindowTotal } from '../window-total.ts'
import type { Window } from '../windows/index.ts'

type Total = WindowTotal & { state: State }

/** The totals of events whose lines the reference had to look at, by key and by the begin of the window. */
export class OddTotals {
  readonly #aggregation: Aggregation
  readonly #totals = new Map<string, Map<number, Total>>()

  constructor(aggregation: Aggregation) {
    this.#aggregation = aggregation
  }

  addEvent(values: EventValues, window: Window): void {
    const total = this.#at(keyOf(this.#aggregation, values), window)
    total.state = addEvent(this.#aggregation, total.state, values)
  }

  addTotal({ key, window, state }: WindowTotal): void {
    const total = this.#at(key, window)
    total.state = mergeStates(this.#aggregation, total.state, state)
  }

  /** In the order of their UTF-16 code units. */
  keys(): string[] {
    return [...this.#totals.keys()].sort()
  }

  /** In the order of windows. */
  ofKey(key: string): WindowTotal[] {
    const windows = this.#totals.get(key)?.values() ?? []
    return [...windows].sort((a, b) => a.window.fromMs - b.window.fromMs)
  }

  #at(key: string, window: Window): Total {
    const windows = this.#totals.get(key) ?? new Map<number, Total>()
    this.#totals.set(key, windows)
    const total = windows.get(window.fromMs) ?? { key, window, state: zeroState(this.#aggregation) }
    windows.set(window.fromMs, total)
    return total
  }
}
