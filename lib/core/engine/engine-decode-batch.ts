import { type Aggregation, addEvent, keyOf, type State, zeroState } from '../aggregation.ts'
import { type DecodedEvent, decodeEvent } from '../decode-event.ts'
import type { BatchFold, BatchTotal, DecodedBatch } from '../decoded-batch.ts'
import type { Definition } from '../definition.ts'
import { foldEvents } from '../fold.ts'
import type { Lines } from '../lines.ts'
import { Reject } from '../reject.ts'
import { hourStart, minuteMs, minuteStart } from '../windows/index.ts'
import type { Engine } from './engine.ts'
import { giveBack, takeEngine } from './engines.ts'
import { LineRoom, placeLines } from './place-lines.ts'
import type { Plan } from './plan.ts'
import { groupPlaces, keyOrder, readKeys, readState, windowNumber } from './read-groups.ts'
import type { PlanUse } from './write-plan.ts'

const use: PlanUse = { ids: 'any', byLine: true, marksUncertain: false, asksForWindows: false }

/** What `decodeBatch` does, by the engine. All that is needed of it is read out at once. */
export function engineDecodeBatch(
  plan: Plan,
  lines: Lines,
  arrivedMs?: ArrayLike<number>,
): DecodedBatch {
  const { definition } = plan
  const engine = takeEngine(plan, use)
  const chains = engine.allocate(4 * lines.length * plan.aggregations.length)
  engine.linesOfGroups(chains, lines.length)
  const placed = placeLines(engine, lines, new LineRoom(), { arrivedMs, wantsHours: true })
  const rejects = new Map<number, Reject>()
  const odd = new Map<number, DecodedEvent>()
  for (let line = 0; ; line++) {
    line = engine.foldLines(placed, line)
    if (line >= lines.length) break
    const event = decodeEvent(definition, lines.at(line), arrivedMs?.[line])
    if (event instanceof Reject) rejects.set(line, event)
    else odd.set(line, event)
  }
  const hours = new Float64Array(engine.view.buffer, placed.hours, lines.length).slice()
  for (const line of rejects.keys()) hours[line] = Number.NaN
  for (const [line, { timeMs }] of odd) hours[line] = hourStart(timeMs)
  const totals = new LineTotals(plan, lines, engine, chains)
  for (const [line, event] of odd) totals.add(line, event)
  giveBack(engine)
  return {
    events: lines.length - rejects.size,
    rejects,
    hours,
    fold: (fromLine) => new FoldFrom(totals, fromLine),
  }
}

/** A total that knows its lines: the engine's by its chain, and those of odd spelling. */
interface LineTotal extends BatchTotal {
  state: State
  firstLine: number
  lastLine: number
  /** The last line of the chain; undefined where there is none. */
  readonly lastInChain: number | undefined
  readonly chain: number
  odd: number[] | undefined
}

/** Behind the first line of a chain. */
const noLine = 0xffff_ffff

class LineTotals {
  readonly #definition: Definition
  readonly #lines: Lines
  /** For each aggregation and line the line before it in its group. */
  readonly #lineBefore: Uint32Array
  /** For each aggregation. */
  readonly #totals: readonly LineTotal[][]
  /** The same by minute and key, of those aggregations of which one was asked for. */
  readonly #byMinute: Map<number, Map<string, LineTotal>>[] = []
  readonly #numbers: ReadonlyMap<Aggregation, number>

  constructor(plan: Plan, lines: Lines, engine: Engine, chains: number) {
    this.#definition = plan.definition
    this.#lines = lines
    const { aggregations } = plan.definition
    const entries = lines.length * aggregations.length
    this.#lineBefore = new Uint32Array(engine.view.buffer, chains, entries).slice()
    this.#numbers = new Map(aggregations.map((one, number) => [one, number]))
    this.#totals = aggregations.map((_, number) => readTotals(plan, engine, number))
  }

  /** Adds an event that the reference took. */
  add(line: number, event: DecodedEvent): void {
    const minute = minuteStart(event.timeMs)
    for (const [aggregation, number] of this.#numbers) {
      const key = keyOf(aggregation, event.values)
      const keys = keysOf(this.#minutesOf(number), minute)
      let total = keys.get(key)
      if (total === undefined) {
        const state = zeroState(aggregation)
        const none = { lastInChain: undefined, chain: number, odd: [] }
        total = {
          aggregation,
          key,
          minuteMs: minute,
          state,
          firstLine: line,
          lastLine: line,
          ...none,
        }
        keys.set(key, total)
        this.#totals[number]?.push(total)
      }
      total.state = addEvent(aggregation, total.state, event.values)
      total.firstLine = Math.min(total.firstLine, line)
      total.lastLine = Math.max(total.lastLine, line)
      total.odd ??= []
      total.odd.push(line)
    }
  }

  get(aggregation: Aggregation, key: string, minute: number): LineTotal | undefined {
    const number = this.#numbers.get(aggregation)
    return number === undefined ? undefined : this.#minutesOf(number).get(minute)?.get(key)
  }

  #minutesOf(number: number): Map<number, Map<string, LineTotal>> {
    let minutes = this.#byMinute[number]
    if (minutes === undefined) {
      minutes = new Map()
      this.#byMinute[number] = minutes
      for (const total of this.#totals[number] ?? []) {
        keysOf(minutes, total.minuteMs).set(total.key, total)
      }
    }
    return minutes
  }

  get all(): Iterable<readonly LineTotal[]> {
    return this.#totals
  }

  /** The state of just the events of a total that come from there on, which are read once more. */
  stateFrom(total: LineTotal, fromLine: number): State {
    const values = [...this.#linesFrom(total, fromLine)].map((line) => {
      return (decodeEvent(this.#definition, this.#lines.at(line)) as DecodedEvent).values
    })
    return foldEvents(total.aggregation, values)
  }

  *#linesFrom({ lastInChain = noLine, chain, odd = [] }: LineTotal, fromLine: number) {
    const offset = chain * this.#lines.length
    for (let line = lastInChain; line !== noLine && line >= fromLine; ) {
      yield line
      line = this.#lineBefore[offset + line] as number
    }
    for (const line of odd) if (line >= fromLine) yield line
  }
}

function readTotals(plan: Plan, engine: Engine, number: number): LineTotal[] {
  const planned = plan.aggregations[number] as Plan['aggregations'][number]
  const { aggregation } = planned
  const keys = readKeys(engine, number)
  const { view } = engine
  return Array.from(groupPlaces(engine, number), (at) => {
    const lastLine = view.getUint32(at + 12, true)
    return {
      aggregation,
      key: keys[keyOrder(view, at)] as string,
      minuteMs: (plan.firstMinute + windowNumber(view, at)) * minuteMs,
      state: readState(engine, planned, at),
      firstLine: view.getUint32(at + 8, true),
      lastLine,
      lastInChain: lastLine,
      chain: number,
      odd: undefined,
    }
  })
}

function keysOf<Value>(minutes: Map<number, Map<string, Value>>, minute: number) {
  let keys = minutes.get(minute)
  if (keys === undefined) {
    keys = new Map()
    minutes.set(minute, keys)
  }
  return keys
}

class FoldFrom implements BatchFold {
  readonly #totals: LineTotals
  readonly #fromLine: number

  constructor(totals: LineTotals, fromLine: number) {
    this.#totals = totals
    this.#fromLine = fromLine
  }

  get(aggregation: Aggregation, key: string, minute: number): BatchTotal | undefined {
    const total = this.#totals.get(aggregation, key, minute)
    return total && this.#from(total)
  }

  *totals(): Generator<BatchTotal> {
    for (const totals of this.#totals.all) {
      for (const total of totals) {
        const rest = this.#from(total)
        if (rest !== undefined) yield rest
      }
    }
  }

  #from(total: LineTotal): BatchTotal | undefined {
    const { aggregation, key, minuteMs: minute, lastLine } = total
    if (lastLine < this.#fromLine) return undefined
    if (total.firstLine >= this.#fromLine) return total
    const state = this.#totals.stateFrom(total, this.#fromLine)
    return { aggregation, key, minuteMs: minute, state, lastLine }
  }
}
