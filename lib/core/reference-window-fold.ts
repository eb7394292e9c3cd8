import { addEvent, keyOf, type State, zeroState } from './aggregation.ts'
import { type DecodedEvent, decodeEvent } from './decode-event.ts'
import { IdSet } from './id-set.ts'
import { isBlank } from './is-blank.ts'
import { Lines } from './lines.ts'
import { Reject } from './reject.ts'
import { type RejectedLines, RejectTally } from './reject-tally.ts'
import { type TotalSyntax, type TotalTexts, textsOf } from './total-text.ts'
import type { WindowFold, WindowFoldOptions } from './window-fold.ts'
import type { WindowTotal } from './window-total.ts'
import { hourStart, type Window } from './windows/index.ts'

/** The window fold in plain steps, one line after the other. */
export class ReferenceWindowFold implements WindowFold {
  readonly #options: WindowFoldOptions
  readonly #rejects = new RejectTally()
  readonly #ids = new Map<number, IdSet>()
  /** By key, and then by the begin of the window. */
  readonly #totals = new Map<string, Map<number, WindowTotal & { state: State }>>()
  #room: Uint8Array = new Uint8Array()
  #lines = 0
  #events = 0
  #duplicatesDropped = 0
  #blankLines = 0

  constructor(options: WindowFoldOptions) {
    this.#options = options
  }

  room(minBytes: number): Uint8Array {
    if (this.#room.length < minBytes) this.#room = new Uint8Array(minBytes)
    return this.#room
  }

  add(bytes: number): void {
    const { definition, nowMs } = this.#options
    for (const line of Lines.ofText(this.#room.subarray(0, bytes))) {
      this.#lines++
      if (isBlank(line)) {
        this.#blankLines++
        continue
      }
      const event = decodeEvent(definition, line, nowMs)
      if (event instanceof Reject) this.#rejects.add(event, this.#lines)
      else this.#take(event)
    }
  }

  get events(): number {
    return this.#events
  }

  get duplicatesDropped(): number {
    return this.#duplicatesDropped
  }

  get blankLines(): number {
    return this.#blankLines
  }

  get rejects(): readonly RejectedLines[] {
    return this.#rejects.rejects
  }

  *totals(): Generator<WindowTotal> {
    const byKey = [...this.#totals].sort(([a], [b]) => (a < b ? -1 : 1))
    for (const [, windows] of byKey) {
      yield* [...windows.values()].sort((a, b) => a.window.fromMs - b.window.fromMs)
    }
  }

  texts(syntax: TotalSyntax): Iterable<TotalTexts> {
    return textsOf(this.totals(), this.#options.aggregation, syntax)
  }

  #take({ id, timeMs, values }: DecodedEvent): void {
    const { aggregation, grain, calendar, eachIdOnce } = this.#options
    this.#events++
    if (eachIdOnce && !this.#isFirst(id, hourStart(timeMs))) {
      this.#duplicatesDropped++
      return
    }
    const total = this.#at(keyOf(aggregation, values), calendar.windowAt(grain, timeMs))
    total.state = addEvent(aggregation, total.state, values)
  }

  #isFirst(id: string, hourMs: number): boolean {
    const ids = this.#ids.get(hourMs) ?? new IdSet()
    this.#ids.set(hourMs, ids)
    if (ids.has(id)) return false
    ids.add(id)
    return true
  }

  #at(key: string, window: Window): WindowTotal & { state: State } {
    const windows = this.#totals.get(key) ?? new Map<number, WindowTotal & { state: State }>()
    this.#totals.set(key, windows)
    const total = windows.get(window.fromMs) ?? {
      key,
      window,
      state: zeroState(this.#options.aggregation),
    }
    windows.set(window.fromMs, total)
    return total
  }
}
