const nothing = new Uint8Array()

/** Bytes that are pulled as they are needed; what was pulled too far can be given back. */
export class ByteSource {
  readonly #chunks: AsyncIterator<Uint8Array>
  #given: Uint8Array = nothing

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** The next bytes, at most so many, or none where there are no more. */
  async next(maxBytes = Number.POSITIVE_INFINITY): Promise<Uint8Array> {
    while (this.#given.length === 0) {
      const { done, value } = await this.#chunks.next()
      if (done) return nothing
      this.#given = value
    }
    const bytes = this.#given.subarray(0, maxBytes)
    this.#given = this.#given.subarray(bytes.length)
    return bytes
  }

  /** So many bytes, or fewer where there are no more. */
  async take(count: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(count)
    let length = 0
    while (length < count) {
      const some = await this.next(count - length)
      if (some.length === 0) break
      bytes.set(some, length)
      length += some.length
    }
    return bytes.subarray(0, length)
  }

  /** The bytes that `next` gives from now on, before all others. */
  giveBack(bytes: Uint8Array): void {
    this.#given = this.#given.length === 0 ? bytes : Buffer.concat([bytes, this.#given])
  }
}
