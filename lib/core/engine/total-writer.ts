import type { Aggregation } from '../aggregation.ts'
import type { TotalSyntax, TotalTexts } from '../total-text.ts'
import type { Window } from '../windows/index.ts'
import type { Engine } from './engine.ts'
import { accumulatorBytes, type PlannedAggregation } from './plan.ts'
import type { KeyGroups } from './sorted-groups.ts'
import { opOf, writeNumbers } from './write-plan.ts'

const columnBytes = 32
const rowsBytes = 16
/** Texts are copied 16 bytes at a time. */
const spareBytes = 16
/** 39 digits, a sign, a point, and a zero before it. */
const maxNumberBytes = 48
const outBytes = 256 * 1024

/** Whether what is shown of each measure is the one number that the engine keeps of it. */
export const canWriteTotals = ({ measures }: Aggregation) =>
  measures.every(({ measure }) => measure.accumulation?.isShown === true)

/** Writes totals as text within the engine, for aggregations of which `canWriteTotals` says so. */
export class TotalWriter {
  readonly #engine: Engine
  readonly #syntax: TotalSyntax
  readonly #rows: number
  readonly #out: number
  readonly #maxRowBytes: number
  #outBytes = outBytes
  #key = { at: 0, bytes: 0, room: 0 }

  /** `windowOf` tells the window of a number. */
  constructor(
    engine: Engine,
    planned: PlannedAggregation,
    syntax: TotalSyntax,
    windowOf: (number: number) => Window,
  ) {
    this.#engine = engine
    this.#syntax = syntax
    const windowBytes = this.#writeWindows(windowOf)
    const rows = this.#writeColumns(planned)
    this.#rows = rows.at
    this.#maxRowBytes = windowBytes + rows.maxBytes
    this.#outBytes = Math.max(outBytes, 4 * this.#maxRowBytes)
    this.#out = engine.allocate(this.#outBytes + spareBytes)
  }

  /** The totals of one key, all but as much as fits into memory at once. */
  *texts({ key, places, count }: KeyGroups): Generator<TotalTexts> {
    const engine = this.#engine
    const keyText = new TextEncoder().encode(this.#syntax.keyText(key))
    this.#putKey(keyText)
    const maxRows = Math.floor(this.#outBytes / (this.#maxRowBytes + keyText.length))
    const atOnce = Math.max(1, maxRows)
    for (let from = 0; from < count; from += atOnce) {
      const totals = Math.min(atOnce, count - from)
      const end = engine.writeRows(this.#rows, places + 4 * from, totals, this.#key, this.#out)
      yield { text: engine.bytes.subarray(this.#out, end), totals }
    }
  }

  #putKey(text: Uint8Array): void {
    if (text.length + spareBytes > this.#key.room) {
      const room = 2 * text.length + spareBytes
      this.#key = { at: this.#engine.allocate(room), bytes: 0, room }
    }
    this.#key.bytes = text.length
    this.#engine.bytes.set(text, this.#key.at)
  }

  #put(text: string): { readonly at: number; readonly bytes: number } {
    const bytes = new TextEncoder().encode(text)
    const at = this.#engine.allocate(bytes.length + spareBytes)
    this.#engine.bytes.set(bytes, at)
    return { at, bytes: bytes.length }
  }

  /** Gives each window its text, and returns the bytes of the longest. */
  #writeWindows(windowOf: (number: number) => Window): number {
    let longest = 0
    for (let at = this.#engine.firstWindow; at !== 0; ) {
      const window = windowOf(this.#engine.view.getUint32(at, true))
      const text = this.#put(this.#syntax.windowText(window))
      const { view } = this.#engine
      view.setUint32(at + 20, text.at, true)
      view.setUint32(at + 24, text.bytes, true)
      longest = Math.max(longest, text.bytes)
      at = view.getUint32(at + 16, true)
    }
    return longest
  }

  #writeColumns({ accumulators, aggregation }: PlannedAggregation): Rows {
    const columns = this.#engine.allocate(columnBytes * accumulators.length)
    const rows = this.#engine.allocate(rowsBytes)
    const end = this.#put(this.#syntax.end)
    const none = this.#put(this.#syntax.none)
    let offset = this.#engine.groupHeadBytes
    let bytes = end.bytes
    for (const [number, accumulator] of accumulators.entries()) {
      const before = this.#put(this.#syntax.before[number] ?? '')
      const scale = aggregation.measures[number]?.measure.presentation.scale ?? 0
      const column = [
        opOf(accumulator),
        offset,
        scale,
        before.at,
        before.bytes,
        none.at,
        none.bytes,
      ]
      writeNumbers(column, this.#engine.view, columns + number * columnBytes)
      offset += accumulatorBytes(accumulator)
      bytes += before.bytes + Math.max(none.bytes, maxNumberBytes + scale)
    }
    writeNumbers([accumulators.length, columns, end.at, end.bytes], this.#engine.view, rows)
    return { at: rows, maxBytes: bytes }
  }
}

/** The form of all rows, and the most bytes that one has besides its window and its key. */
interface Rows {
  readonly at: number
  readonly maxBytes: number
}
