import { addEvent, keyOf, mergeStates, type State, zeroState } from '../aggregation.ts'
import { type DecodedEvent, decodeEvent } from '../decode-event.ts'
import { isBlank } from '../is-blank.ts'
import { Reject } from '../reject.ts'
import { type RejectedLines, RejectTally } from '../reject-tally.ts'
import { type TotalSyntax, type TotalTexts, textsOf } from '../total-text.ts'
import type { WindowFold, WindowFoldOptions } from '../window-fold.ts'
import type { WindowTotal } from '../window-total.ts'
import { hourStart, minuteMs, type Window } from '../windows/index.ts'
import { minuteWindow } from '../windows/utc.ts'
import { Engine, spareBytes } from './engine.ts'
import { LineRoom } from './place-lines.ts'
import type { Plan, PlannedAggregation } from './plan.ts'
import { readState, windowNumber } from './read-groups.ts'
import { type KeyGroups, sortedGroups } from './sorted-groups.ts'
import { canWriteTotals, TotalWriter } from './total-writer.ts'

const lineFeed = 0x0a

/** What `beginWindowFold` begins, by the engine, whose memory the text is read into. */
export class EngineWindowFold implements WindowFold {
  readonly #options: WindowFoldOptions
  readonly #engine: Engine
  readonly #planned: PlannedAggregation
  readonly #rejects = new RejectTally()
  readonly #room = new LineRoom()
  readonly #ids = new LineRoom()
  readonly #windows = new NumberedWindows()
  /** Of events whose lines the reference had to look at, by key and by the begin of the window. */
  readonly #odd = new Map<string, Map<number, WindowTotal & { state: State }>>()
  #roomAt = 0
  #lines = 0
  #oddEvents = 0
  #oddDuplicates = 0
  #blankLines = 0

  constructor(plan: Plan, options: WindowFoldOptions) {
    const { calendar, eachIdOnce, grain } = options
    this.#options = options
    this.#planned = plan.aggregations[0] as PlannedAggregation
    const ids = eachIdOnce ? 'once-an-hour' : 'any'
    const use = {
      ids,
      byLine: false,
      marksUncertain: false,
      asksForWindows: grain !== 'minute',
    } as const
    this.#engine = new Engine(plan, use, (ms) => {
      const window = calendar.windowAt(grain, ms)
      return { number: this.#windows.numberOf(window), window }
    })
    this.#engine.begin()
  }

  room(minBytes: number): Uint8Array {
    this.#roomAt = this.#room.take(this.#engine, minBytes + spareBytes)
    return this.#engine.bytes.subarray(this.#roomAt, this.#roomAt + minBytes)
  }

  add(bytes: number): void {
    if (bytes === 0) return
    const { definition, nowMs } = this.#options
    const engine = this.#engine
    let to = this.#roomAt + bytes
    if (engine.bytes[to - 1] !== lineFeed) engine.bytes[to++] = lineFeed
    for (let at = this.#roomAt; at < to; ) {
      const before = engine.events
      const { next, odd } = engine.foldText(at, to, nowMs + definition.maxAheadMs)
      at = next
      this.#lines += engine.events - before
      if (odd !== undefined) this.#addOdd(odd.from, odd.end)
    }
  }

  #addOdd(from: number, end: number): void {
    const { definition, nowMs } = this.#options
    this.#lines++
    const line = this.#engine.bytes.subarray(from, end)
    if (isBlank(line)) {
      this.#blankLines++
      return
    }
    const event = decodeEvent(definition, line, nowMs)
    if (event instanceof Reject) this.#rejects.add(event, this.#lines)
    else this.#take(event)
  }

  #take({ id, timeMs, values }: DecodedEvent): void {
    const { aggregation, calendar, eachIdOnce, grain } = this.#options
    this.#oddEvents++
    if (eachIdOnce && !this.#isFirst(id, hourStart(timeMs))) {
      this.#oddDuplicates++
      return
    }
    const total = this.#oddAt(keyOf(aggregation, values), calendar.windowAt(grain, timeMs))
    total.state = addEvent(aggregation, total.state, values)
  }

  #isFirst(text: string, hourMs: number): boolean {
    const id = new TextEncoder().encode(text)
    const at = this.#ids.take(this.#engine, id.length + 16)
    this.#engine.bytes.set(id, at)
    return this.#engine.addId(at, id.length, hourMs)
  }

  #oddAt(key: string, window: Window): WindowTotal & { state: State } {
    const windows = this.#odd.get(key) ?? new Map<number, WindowTotal & { state: State }>()
    this.#odd.set(key, windows)
    const state = zeroState(this.#options.aggregation)
    const total = windows.get(window.fromMs) ?? { key, window, state }
    windows.set(window.fromMs, total)
    return total
  }

  get events(): number {
    return this.#engine.events + this.#oddEvents
  }

  get duplicatesDropped(): number {
    return this.#engine.duplicatesDropped + this.#oddDuplicates
  }

  get blankLines(): number {
    return this.#blankLines
  }

  get rejects(): readonly RejectedLines[] {
    return this.#rejects.rejects
  }

  *totals(): Generator<WindowTotal> {
    for (const part of this.#byKey()) yield* this.#totalsOfKey(part)
  }

  /** In the order of keys. */
  *#byKey(): Generator<KeyPart> {
    const oddKeys = [...this.#odd.keys()].sort()
    let next = 0
    const fromMs = (window: number) => this.#fromMs(window)
    for (const groups of sortedGroups(this.#engine, this.#planned, fromMs)) {
      for (; next < oddKeys.length && (oddKeys[next] as string) < groups.key; next++) {
        yield { odd: this.#oddTotals(oddKeys[next] as string) }
      }
      if (oddKeys[next] === groups.key)
        yield { groups, odd: this.#oddTotals(oddKeys[next++] as string) }
      else yield { groups }
    }
    for (; next < oddKeys.length; next++) yield { odd: this.#oddTotals(oddKeys[next] as string) }
  }

  #totalsOfKey({ groups, odd = [] }: KeyPart): Iterable<WindowTotal> {
    if (groups === undefined) return odd
    const totals = this.#totalsOf(groups)
    return odd.length === 0 ? totals : mergedByWindow(totals, odd, this.#options.aggregation)
  }

  *texts(syntax: TotalSyntax): Generator<TotalTexts> {
    const { aggregation } = this.#options
    if (!canWriteTotals(aggregation)) {
      yield* textsOf(this.totals(), aggregation, syntax)
      return
    }
    const windowOf = (number: number) => this.#window(number)
    const writer = new TotalWriter(this.#engine, this.#planned, syntax, windowOf)
    for (const part of this.#byKey()) {
      if (part.groups === undefined || part.odd !== undefined) {
        yield* textsOf(this.#totalsOfKey(part), aggregation, syntax)
      } else yield* writer.texts(part.groups)
    }
  }

  *#totalsOf({ key, places, count }: KeyGroups): Generator<WindowTotal> {
    for (let group = 0; group < count; group++) {
      const at = this.#engine.view.getUint32(places + 4 * group, true)
      const window = this.#window(windowNumber(this.#engine.view, at))
      yield { key, window, state: readState(this.#engine, this.#planned, at) }
    }
  }

  #oddTotals(key: string): WindowTotal[] {
    const windows = [...(this.#odd.get(key)?.values() ?? [])]
    return windows.sort((a, b) => a.window.fromMs - b.window.fromMs)
  }

  #fromMs(number: number): number {
    if (this.#options.grain !== 'minute') return this.#windows.at(number).fromMs
    return (this.#engine.plan.firstMinute + number) * minuteMs
  }

  #window(number: number): Window {
    if (this.#options.grain !== 'minute') return this.#windows.at(number)
    return minuteWindow(this.#fromMs(number))
  }
}

/** What there is of a key: by the engine, and by the reference. */
interface KeyPart {
  readonly groups?: KeyGroups
  readonly odd?: readonly WindowTotal[]
}

/** Windows by the numbers that the engine knows them by. */
class NumberedWindows {
  readonly #windows: Window[] = []
  readonly #numbers = new Map<number, number>()

  numberOf(window: Window): number {
    const known = this.#numbers.get(window.fromMs)
    if (known !== undefined) return known
    this.#numbers.set(window.fromMs, this.#windows.length)
    return this.#windows.push(window) - 1
  }

  at(number: number): Window {
    return this.#windows[number] as Window
  }
}

/** Both in the order of their windows; of those that both have, the sum. */
function* mergedByWindow(
  totals: Iterable<WindowTotal>,
  others: readonly WindowTotal[],
  aggregation: WindowFoldOptions['aggregation'],
): Generator<WindowTotal> {
  let next = 0
  for (const total of totals) {
    const { fromMs } = total.window
    for (; (others[next]?.window.fromMs ?? Number.POSITIVE_INFINITY) < fromMs; next++) {
      yield others[next] as WindowTotal
    }
    const other = others[next]
    if (other?.window.fromMs !== fromMs) {
      yield total
      continue
    }
    next++
    yield { ...total, state: mergeStates(aggregation, total.state, other.state) }
  }
  yield* others.slice(next)
}
