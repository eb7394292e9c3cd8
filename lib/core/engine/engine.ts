import type { Field } from '../fields/index.ts'
import { Refusal } from '../reject.ts'
import type { Window } from '../windows/index.ts'
import { type EngineExports, instantiate } from './engine-instance.ts'
import { groupBytesOf, type Plan, type PlannedAggregation } from './plan.ts'
import { type EngineMemory, groupHeadBytes, type PlanUse, writePlan } from './write-plan.ts'

/** What an engine asks while it folds: the window that an instant is in. */
export type WindowAt = (ms: number) => { readonly number: number; readonly window: Window }

// What looks like a byte order mark is part of a text.
const text = new TextDecoder('utf-8', { ignoreBOM: true })

/** Scans read up to so many bytes beyond the end of what they are given. */
export const spareBytes = 64

const lineFeed = 0x0a

/**
 * One instance of the engine with a memory of its own, which may hold 4 GB. A place in it is told in
 * bytes from its beginning. Any call may move its buffer, after which views of it are void.
 */
export class Engine implements EngineMemory {
  readonly plan: Plan
  readonly use: PlanUse
  /** What is not a method here, because few ask for it. */
  readonly exports: EngineExports
  readonly #windowAt: WindowAt | undefined
  #view: DataView
  #bytes: Uint8Array
  /** Where memory is free from, once the plan is written. */
  #afterPlan: number

  constructor(plan: Plan, use: PlanUse, windowAt?: WindowAt) {
    this.plan = plan
    this.use = use
    this.#windowAt = windowAt
    this.exports = instantiate({
      takesText: this.#takesText.bind(this),
      windowAt: this.#askWindow.bind(this),
    })
    this.#view = new DataView(this.exports.memory.buffer)
    this.#bytes = new Uint8Array(this.exports.memory.buffer)
    this.exports.free(this.exports.heapBase())
    this.exports.usePlan(writePlan(plan, use, this))
    this.#afterPlan = this.exports.usedBytes()
  }

  get view(): DataView {
    if (this.#view.buffer !== this.exports.memory.buffer) {
      this.#view = new DataView(this.exports.memory.buffer)
    }
    return this.#view
  }

  get bytes(): Uint8Array {
    if (this.#bytes.buffer !== this.exports.memory.buffer) {
      this.#bytes = new Uint8Array(this.exports.memory.buffer)
    }
    return this.#bytes
  }

  /** Forgets all but the plan, and what lines looked like. */
  begin(): void {
    this.exports.free(this.#afterPlan)
    this.exports.begin()
  }

  /** A place for so many bytes, at a multiple of 16; what stands there is not cleared. */
  allocate(bytes: number): number {
    return this.exports.allocate(bytes) >>> 0
  }

  /** Copies bytes, with a line feed and spare bytes behind them. */
  put(bytes: Uint8Array, at: number): void {
    const all = this.bytes
    all.set(bytes, at)
    all.fill(lineFeed, at + bytes.length, at + bytes.length + spareBytes)
  }

  setUncertain(value: boolean): void {
    this.exports.setUncertain(Number(value))
  }

  /** Folds text up to an odd line; returns that line, and the place behind what was read. */
  foldText(from: number, to: number, latestMs: number): TextStop {
    const next = this.exports.foldText(from, to, latestMs) >>> 0
    const oddFrom = this.exports.oddFrom.value >>> 0
    if (oddFrom === 0) return { next }
    return { next, odd: { from: oddFrom, end: this.exports.oddEnd.value >>> 0 } }
  }

  /** Folds lines up to an odd one, and returns its number; that of all lines where none is. */
  foldLines(lines: PlacedLines, from: number): number {
    const { text: at, starts, ends, arrived, hours, length } = lines
    return this.exports.foldLines(at, starts, ends, arrived, hours, from, length)
  }

  /** Adds the id of an event that the reference took; false where it was there. */
  addId(at: number, bytes: number, hourMs: number): boolean {
    return this.exports.addTextId(at, bytes, hourMs) !== 0
  }

  /** Where groups put for each line the one before it: an entry (u32) for each aggregation and line. */
  linesOfGroups(at: number, lines: number): void {
    this.exports.linesOfGroups(at, lines)
  }

  /** Events that were taken since the engine was made, duplicates among them. */
  get events(): number {
    return Number(this.exports.events.value)
  }

  /** Since it began. */
  get duplicatesDropped(): number {
    return Number(this.exports.duplicatesDropped())
  }

  get usedBytes(): number {
    return this.exports.usedBytes() >>> 0
  }

  get firstKey(): number {
    return this.exports.firstKeyAt() >>> 0
  }

  get firstWindow(): number {
    return this.exports.firstWindowAt() >>> 0
  }

  /** Puts the groups of an aggregation in the order that its keys and windows have. */
  orderGroups(aggregation: number, keys: number, windows: number): OrderedGroups {
    const ends = this.exports.order(aggregation, keys, windows) >>> 0
    return { ends, places: this.exports.placesAt() >>> 0 }
  }

  /** Writes rows of the groups that stand at `places`, and returns where their text ends. */
  writeRows(rows: number, places: number, count: number, key: RowKey, out: number): number {
    return this.exports.writeRows(rows, places, count, key.at, key.bytes, out) >>> 0
  }

  firstPage(aggregation: number): number {
    return this.exports.firstPageOf(aggregation) >>> 0
  }

  groups(aggregation: number): number {
    return this.exports.groupsOf(aggregation) >>> 0
  }

  get groupHeadBytes(): number {
    return groupHeadBytes(this.use)
  }

  groupBytes({ accumulators }: PlannedAggregation): number {
    return this.groupHeadBytes + groupBytesOf(accumulators)
  }

  /** Whether a field that does not take all texts takes this one. Its bytes are UTF-8. */
  #takesText(field: number, from: number, bytes: number): number {
    const planned = this.plan.fields[field] as { readonly field: Field }
    const value = text.decode(this.bytes.subarray(from >>> 0, (from >>> 0) + bytes))
    return Number(!(planned.field.decode(value) instanceof Refusal))
  }

  #askWindow(ms: number): number {
    if (this.#windowAt === undefined) throw new Error('The engine was given no windows to ask for')
    const { number, window } = this.#windowAt(ms)
    const bounds = this.exports.windowBounds()
    this.view.setFloat64(bounds, window.fromMs, true)
    this.view.setFloat64(bounds + 8, window.toMs, true)
    return number
  }
}

/** Where groups stand in order (u32), and for each key up to which of them its own do (u32). */
export interface OrderedGroups {
  readonly places: number
  readonly ends: number
}

/** A key's text in the engine's memory. */
export interface RowKey {
  readonly at: number
  readonly bytes: number
}

export interface TextStop {
  readonly next: number
  readonly odd?: { readonly from: number; readonly end: number }
}

/** Lines in the engine's memory, each told by where it starts and ends from `text` on (u32). */
export interface PlacedLines {
  readonly text: number
  readonly starts: number
  readonly ends: number
  /** When each arrived (epoch ms, f64), or 0. */
  readonly arrived: number
  /** Where the hour of each event goes (epoch ms, f64), or 0. */
  readonly hours: number
  readonly length: number
}
