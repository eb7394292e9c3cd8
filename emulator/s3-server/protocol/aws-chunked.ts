import { S3Error } from './s3-error.ts'

const CRLF = Buffer.from('\r\n')
const MAX_LINE_BYTES = 8192

/**
 * Decodes a body in the `aws-chunked` content encoding, with or without chunk signatures (which are
 * not checked). Yields the payload as it arrives and puts the trailing headers, names in lower
 * case, into `trailers` before it ends.
 *
 * @throws {S3Error} IncompleteBody when the source ends early, InvalidRequest when it is malformed
 */
export async function* decodeAwsChunked(
  source: AsyncIterator<Buffer>,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  const reader = new ByteReader(source)
  try {
    yield* readChunks(reader)
    await readTrailers(reader, trailers)
  } finally {
    // Like any loop over it, this one must let go of the source when it ends early.
    await source.return?.()
  }
}

async function* readChunks(reader: ByteReader): AsyncGenerator<Buffer> {
  for (;;) {
    const sizeBytes = parseChunkSize(await reader.line())
    if (sizeBytes === 0) return
    yield* reader.take(sizeBytes)
    if ((await reader.line()) !== '') {
      throw new S3Error('InvalidRequest', 'A chunk is longer than its size says.')
    }
  }
}

async function readTrailers(reader: ByteReader, trailers: Map<string, string>): Promise<void> {
  // Some clients send no empty line after the last chunk when they have no trailers to send.
  while (!(await reader.ended())) {
    const line = await reader.line()
    if (line === '') break
    const colon = line.indexOf(':')
    if (colon < 1) throw new S3Error('MalformedTrailerError', 'A trailer has no name.')
    trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
  }
  if (!(await reader.ended())) {
    throw new S3Error('InvalidRequest', 'The body goes on after its last chunk.')
  }
}

function parseChunkSize(line: string): number {
  const size = /^([0-9a-f]{1,12})(?:;.*)?$/i.exec(line)?.[1]
  if (size === undefined) throw new S3Error('InvalidRequest', 'A chunk has no readable size.')
  return Number.parseInt(size, 16)
}

class ByteReader {
  readonly #source: AsyncIterator<Buffer>
  #buffered: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterator<Buffer>) {
    this.#source = source
  }

  async line(): Promise<string> {
    let end = this.#buffered.indexOf(CRLF)
    while (end === -1) {
      if (this.#buffered.length > MAX_LINE_BYTES) {
        throw new S3Error('InvalidRequest', 'A line between chunks is too long.')
      }
      await this.#pull()
      end = this.#buffered.indexOf(CRLF)
    }
    const line = this.#buffered.toString('latin1', 0, end)
    this.#buffered = this.#buffered.subarray(end + CRLF.length)
    return line
  }

  async *take(sizeBytes: number): AsyncGenerator<Buffer> {
    let missingBytes = sizeBytes
    while (missingBytes > 0) {
      if (this.#buffered.length === 0) await this.#pull()
      const piece = this.#buffered.subarray(0, missingBytes)
      this.#buffered = this.#buffered.subarray(piece.length)
      missingBytes -= piece.length
      yield piece
    }
  }

  async ended(): Promise<boolean> {
    while (this.#buffered.length === 0) {
      const next = await this.#source.next()
      if (next.done) return true
      this.#buffered = next.value
    }
    return false
  }

  async #pull(): Promise<void> {
    const next = await this.#source.next()
    if (next.done) throw new S3Error('IncompleteBody', 'The body ends in the middle of a chunk.')
    this.#buffered =
      this.#buffered.length === 0 ? next.value : Buffer.concat([this.#buffered, next.value])
  }
}
