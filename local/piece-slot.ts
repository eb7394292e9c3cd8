import { digestBytes } from '../lib/core/index.ts'

/** No event has fewer bytes: its id and its time, with their names, and a line feed. */
const leastEventBytes = 12

/** Memory that threads share, for the text of a piece, the digests of its events, and which are new. */
export class PieceSlot {
  readonly buffer: SharedArrayBuffer
  readonly text: Uint8Array<SharedArrayBuffer>
  readonly #textBytes: number
  readonly #maxEvents: number

  constructor(textBytes: number, buffer = newBuffer(textBytes)) {
    this.buffer = buffer
    this.#textBytes = textBytes
    this.#maxEvents = maxEventsOf(textBytes)
    this.text = new Uint8Array(buffer, 0, textBytes)
  }

  get textBytes(): number {
    return this.#textBytes
  }

  digests(from: number, end: number): Uint8Array<SharedArrayBuffer> {
    return new Uint8Array(
      this.buffer,
      this.#textBytes + digestBytes * from,
      digestBytes * (end - from),
    )
  }

  isNew(from: number, end: number): Uint8Array<SharedArrayBuffer> {
    const at = this.#textBytes + digestBytes * this.#maxEvents
    return new Uint8Array(this.buffer, at + from, end - from)
  }
}

const maxEventsOf = (textBytes: number) => Math.ceil(textBytes / leastEventBytes)

/** What is not touched of it takes no memory. */
function newBuffer(textBytes: number): SharedArrayBuffer {
  return new SharedArrayBuffer(textBytes + (digestBytes + 1) * maxEventsOf(textBytes))
}
