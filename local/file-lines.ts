/** A line of a file's content, which is decompressed where it was gzip. */
export interface FileLine {
  /** From 1. */
  readonly line: number
  /** Where the line begins, in bytes from the content's begin. */
  readonly atByte: number
  /** How long the line is, without its newline. */
  readonly bytes: number
  /** The line, or its first bytes where it is longer than may be held. */
  readonly data: Uint8Array
}

const newline = 0x0a

/** Space, tab and carriage return: the white space of JSON that can stand in a line. */
const blank = new Set([0x20, 0x09, 0x0d])

/**
 * Cuts content into lines at each newline, and counts those that hold nothing but white space. Of
 * a line of any length it holds a bounded part.
 */
export class FileLines {
  readonly #maxHeldBytes: number
  #lines = 0
  #blankLines = 0
  #contentBytes = 0
  /** Of the line that has not ended yet. */
  #parts: Uint8Array[] = []
  #heldBytes = 0
  #lineBytes = 0

  constructor(maxHeldBytes: number) {
    this.#maxHeldBytes = maxHeldBytes
  }

  /** Lines that ended so far. */
  get lines(): number {
    return this.#lines
  }

  get blankLines(): number {
    return this.#blankLines
  }

  /** The lines that end in the next bytes, without the blank ones. */
  *add(chunk: Uint8Array): Generator<FileLine> {
    for (let from = 0; from < chunk.length; ) {
      if (chunk[from] === newline && this.#lineBytes === 0) {
        // Without a look for the next newline, since a file may hold a billion of them.
        this.#lines++
        this.#blankLines++
        this.#contentBytes++
        from++
        continue
      }
      const at = chunk.indexOf(newline, from)
      this.#hold(chunk.subarray(from, at < 0 ? chunk.length : at))
      if (at < 0) return
      const line = this.#takeLine()
      this.#contentBytes++
      if (line !== undefined) yield line
      from = at + 1
    }
  }

  /** What follows the last newline, if it is a line. */
  rest(): FileLine | undefined {
    return this.#lineBytes === 0 ? undefined : this.#takeLine()
  }

  #hold(part: Uint8Array): void {
    const held = part.subarray(0, this.#maxHeldBytes - this.#heldBytes)
    if (held.length > 0) this.#parts.push(held)
    this.#heldBytes += held.length
    this.#lineBytes += part.length
    this.#contentBytes += part.length
  }

  /** The line that has ended; undefined where it is blank. */
  #takeLine(): FileLine | undefined {
    const [first] = this.#parts
    const data = this.#parts.length === 1 && first ? first : Buffer.concat(this.#parts)
    const bytes = this.#lineBytes
    const line = { line: ++this.#lines, atByte: this.#contentBytes - bytes, bytes, data }
    this.#parts = []
    this.#heldBytes = 0
    this.#lineBytes = 0
    if (bytes > data.length || !data.every((byte) => blank.has(byte))) return line
    this.#blankLines++
    return undefined
  }
}
