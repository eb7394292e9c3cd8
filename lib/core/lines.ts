const newline = 0x0a

/**
 * Lines in one buffer, each from its start to its end (bytes, within 2^32). Other bytes may stand
 * between them. Lines stay bytes: they may not be UTF-8, and those of the stream may hold newlines.
 */
export class Lines implements Iterable<Uint8Array> {
  readonly bytes: Uint8Array
  readonly starts: Uint32Array
  readonly ends: Uint32Array
  readonly #isOwn: boolean

  /** `isOwn` tells that the buffer is of these lines alone, so that what stands between them stays. */
  constructor(bytes: Uint8Array, starts: ArrayLike<number>, ends: ArrayLike<number>, isOwn = true) {
    this.bytes = bytes
    this.#isOwn = isOwn
    this.starts = starts instanceof Uint32Array ? starts : new Uint32Array(starts)
    this.ends = ends instanceof Uint32Array ? ends : new Uint32Array(ends)
  }

  /** Cuts text at each newline. What stands after the last is a line too, unless it is empty. */
  static ofText(text: Uint8Array): Lines {
    const starts: number[] = []
    const ends: number[] = []
    let from = 0
    for (let at = text.indexOf(newline); at >= 0; at = text.indexOf(newline, from)) {
      starts.push(from)
      ends.push(at)
      from = at + 1
    }
    if (from < text.length) {
      starts.push(from)
      ends.push(text.length)
    }
    return new Lines(text, starts, ends)
  }

  /** Lines of any bytes. Where all are views of one buffer, none is copied. */
  static of(lines: Iterable<Uint8Array>): Lines {
    if (lines instanceof Lines) return lines
    const views = [...lines]
    const buffer = views[0]?.buffer
    if (buffer === undefined) return new Lines(new Uint8Array(), [], [])
    if (views.some((view) => view.buffer !== buffer)) return Lines.of(copied(views))
    const starts = views.map(({ byteOffset }) => byteOffset)
    const ends = views.map(({ byteOffset, length }) => byteOffset + length)
    // Node's small buffers share one, of which others may get what stands behind a line.
    return new Lines(new Uint8Array(buffer), starts, ends, false)
  }

  get length(): number {
    return this.ends.length
  }

  /** The bytes of a line, as a view. */
  at(line: number): Uint8Array {
    return this.bytes.subarray(this.starts[line], this.ends[line])
  }

  /** Some of the lines, by their numbers. */
  pick(numbers: readonly number[]): Lines {
    const starts = numbers.map((line) => this.starts[line] as number)
    const ends = numbers.map((line) => this.ends[line] as number)
    return new Lines(this.bytes, starts, ends, this.#isOwn)
  }

  /** Their text, a newline behind each. Where they stand so already, it is no copy. */
  text(): Uint8Array {
    const { bytes, starts, ends, length } = this
    const last = this.#runEnd(0) - 1
    if (this.#isOwn && last === length - 1 && bytes[ends[last] as number] === newline) {
      return bytes.subarray(starts[0], (ends[last] as number) + 1)
    }
    const text = new Uint8Array(
      ends.reduce((total, end, at) => total + end - (starts[at] as number) + 1, 0),
    )
    let to = 0
    for (let line = 0; line < length; ) {
      const from = line
      line = this.#runEnd(from)
      const run = bytes.subarray(starts[from], ends[line - 1])
      text.set(run, to)
      to += run.length
      text[to++] = newline
    }
    return text
  }

  /** The line behind those that stand one behind the other from that one on, with newlines between. */
  #runEnd(from: number): number {
    const { bytes, starts, ends, length } = this
    let line = from
    while (line < length) {
      const end = ends[line++] as number
      if (starts[line] !== end + 1 || bytes[end] !== newline) break
    }
    return line
  }

  *[Symbol.iterator](): Generator<Uint8Array> {
    for (let line = 0; line < this.length; line++) yield this.at(line)
  }
}

/**
 * Cuts a stream of bytes into chunks of whole lines. What a chunk of bytes ends with after its last
 * newline begins the next chunk of lines.
 */
export async function* wholeLines(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Lines> {
  let parts: Uint8Array[] = []
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(newline) + 1
    if (end > 0) {
      parts.push(chunk.subarray(0, end))
      yield Lines.ofText(joinBytes(parts))
      parts = []
    }
    if (end < chunk.length) parts.push(chunk.subarray(end))
  }
  if (parts.length > 0) yield Lines.ofText(joinBytes(parts))
}

/** The same side by side in a buffer of their own. */
function copied(views: readonly Uint8Array[]): Uint8Array[] {
  const bytes = joinBytes([new Uint8Array(), ...views])
  let end = 0
  return views.map(({ length }) => {
    end += length
    return bytes.subarray(end - length, end)
  })
}

function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts
  if (parts.length === 1 && only !== undefined) return only
  const joined = new Uint8Array(parts.reduce((total, part) => total + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
