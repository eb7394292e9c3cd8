import type { Lines } from '../lines.ts'
import { type Engine, type PlacedLines, spareBytes } from './engine.ts'

export interface LineArrays {
  /** When each line arrived (epoch ms). */
  readonly arrivedMs?: ArrayLike<number> | undefined
  /** Whether the hour of each event is asked for. */
  readonly wantsHours?: boolean
}

/**
 * Copies lines into the engine's memory, at `room.at` if there is room enough; `room` then tells where
 * they stand, for the next.
 */
export function placeLines(
  engine: Engine,
  lines: Lines,
  room: LineRoom,
  { arrivedMs, wantsHours = false }: LineArrays = {},
): PlacedLines {
  const { length, starts, ends } = lines
  let [first, last] = [Number.POSITIVE_INFINITY, 0]
  for (let line = 0; line < length; line++) {
    first = Math.min(first, starts[line] as number)
    last = Math.max(last, ends[line] as number)
  }
  first = Math.min(first, last)
  const arrays = length * (4 + 4 + (arrivedMs ? 8 : 0) + (wantsHours ? 8 : 0)) + 4 * 16
  const textAt = room.take(engine, last - first + spareBytes + arrays)
  engine.put(lines.bytes.subarray(first, last), textAt)
  let next = textAt + last - first + spareBytes
  const place = (bytes: number) => {
    const at = (next + 15) & ~15
    next = at + bytes
    return at >>> 0
  }
  const { buffer } = engine.view
  const startsAt = place(4 * length)
  const endsAt = place(4 * length)
  new Uint32Array(buffer, startsAt, length).set(starts)
  new Uint32Array(buffer, endsAt, length).set(ends)
  const arrived = arrivedMs ? place(8 * length) : 0
  if (arrivedMs) putArrived(new Float64Array(buffer, arrived, length), arrivedMs)
  const hours = wantsHours ? place(8 * length) : 0
  // Starts and ends are told from the beginning of the lines' own buffer.
  return { text: textAt - first, starts: startsAt, ends: endsAt, arrived, hours, length }
}

function putArrived(into: Float64Array, arrivedMs: ArrayLike<number>): void {
  if (arrivedMs instanceof Float64Array && arrivedMs.length === into.length) {
    into.set(arrivedMs)
    return
  }
  // Where a line has no arrival, it is not checked, and NaN is beyond no bound.
  for (let line = 0; line < into.length; line++) into[line] = arrivedMs[line] ?? Number.NaN
}

const utf8 = new TextEncoder()

/** Copies the id of an event that the reference took into the engine's memory. */
export function placeId(
  engine: Engine,
  text: string,
  room: LineRoom,
): { readonly at: number; readonly bytes: number } {
  const id = utf8.encode(text)
  // The last word of it is read whole.
  const at = room.take(engine, id.length + 16)
  engine.bytes.set(id, at)
  return { at, bytes: id.length }
}

/** Where lines are put: one place, as long as it is large enough. */
export class LineRoom {
  #at = 0
  #bytes = 0

  take(engine: Engine, bytes: number): number {
    if (bytes > this.#bytes) {
      this.#bytes = Math.max(bytes, 2 * this.#bytes)
      this.#at = engine.allocate(this.#bytes)
    }
    return this.#at
  }
}
