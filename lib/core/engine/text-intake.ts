import { type DecodedEvent, decodeEvent } from '../decode-event.ts'
import { isBlank } from '../is-blank.ts'
import { Reject } from '../reject.ts'
import { type RejectedLines, RejectTally } from '../reject-tally.ts'
import type { WindowFoldOptions } from '../window-fold.ts'
import { type Engine, spareBytes } from './engine.ts'
import { LineRoom } from './place-lines.ts'

const lineFeed = 0x0a

/** What lines of text were. */
export interface TextCounts {
  readonly lines: number
  readonly events: number
  readonly blankLines: number
  readonly rejects: readonly RejectedLines[]
}

/** Has text folded by an engine, and by the reference what the engine does not take. */
export class TextIntake {
  readonly #engine: Engine
  readonly #options: Pick<WindowFoldOptions, 'definition' | 'nowMs'>
  readonly #take: (event: DecodedEvent) => void
  readonly #room = new LineRoom()
  #rejects = new RejectTally()
  #roomAt = 0
  #lines = 0
  #events = 0
  #blankLines = 0

  /** `take` is told of events that only the reference took. */
  constructor(
    engine: Engine,
    options: Pick<WindowFoldOptions, 'definition' | 'nowMs'>,
    take: (event: DecodedEvent) => void,
  ) {
    this.#engine = engine
    this.#options = options
    this.#take = take
  }

  room(minBytes: number): Uint8Array {
    this.#roomAt = this.#room.take(this.#engine, minBytes + spareBytes)
    return this.#engine.bytes.subarray(this.#roomAt, this.#roomAt + minBytes)
  }

  /** Folds the first `bytes` of the room. */
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
      this.#events += engine.events - before
      if (odd !== undefined) this.#addOdd(odd.from, odd.end)
    }
  }

  get counts(): TextCounts {
    const rejects = this.#rejects.rejects
    return { lines: this.#lines, events: this.#events, blankLines: this.#blankLines, rejects }
  }

  /** Begins to count anew. */
  forgetCounts(): void {
    this.#rejects = new RejectTally()
    this.#lines = 0
    this.#events = 0
    this.#blankLines = 0
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
    if (event instanceof Reject) {
      this.#rejects.add(event, this.#lines)
      return
    }
    this.#events++
    this.#take(event)
  }
}
