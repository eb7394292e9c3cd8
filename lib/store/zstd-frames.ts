import { promisify } from 'node:util'
import {
  constants,
  createZstdDecompress,
  type ZstdDecompress,
  type ZstdOptions,
  zstdDecompress,
} from 'node:zlib'

/**
 * A frame may ask its reader for a window of memory. Ours want 512 KiB; no more than 8 MiB is given,
 * which is what RFC 8878 wants every reader to give.
 */
const params = { [constants.ZSTD_d_windowLogMax]: 23 }

/** As Node gives it where it is asked for `info`, which its types don't know. */
interface Decompressed {
  readonly buffer: Uint8Array
  readonly engine: Pick<ZstdDecompress, 'bytesWritten'>
}

const decompressWithInfo = promisify(
  zstdDecompress as unknown as (
    bytes: Uint8Array,
    options: ZstdOptions & { readonly info: true },
    done: (error: Error | null, decompressed: Decompressed) => void,
  ) => void,
)

/**
 * What one frame of zstd holds; undefined where more bytes follow it, which Node leaves without a
 * word. Fails with ERR_BUFFER_TOO_LARGE, or as zstd does.
 */
export async function decompressOneFrame(
  bytes: Uint8Array,
  chunkSize: number,
  maxOutputLength: number,
): Promise<Uint8Array | undefined> {
  const options = { params, chunkSize, maxOutputLength, info: true } as const
  const { buffer, engine } = await decompressWithInfo(bytes, options)
  return engine.bytesWritten === bytes.length ? buffer : undefined
}

/**
 * What frames of zstd hold, one after the other. Node's own stream ends with the first frame, if that
 * does not end where a chunk does, and passes over all that follows. Fails as zstd does, or as the
 * chunks do.
 */
export async function* decompressFrames(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  chunkSize: number,
): AsyncGenerator<Uint8Array> {
  const source = new Pieces(chunks)
  try {
    do yield* untilFrameEnd(source, chunkSize)
    while (await source.hasMore())
  } finally {
    await source.letGo()
  }
}

/** Reads on until a frame ends in the midst of a chunk, or the source does. */
async function* untilFrameEnd(source: Pieces, chunkSize: number): AsyncGenerator<Uint8Array> {
  const stream = createZstdDecompress({ params, chunkSize })
  const closed = new Promise<void>((fulfil) => stream.once('close', fulfil))
  let fedBytes = 0
  let last: Uint8Array = nothing
  const feed = async () => {
    for (;;) {
      const piece = await source.next()
      if (stream.destroyed) return
      if (piece.length === 0) {
        stream.end()
        return
      }
      last = piece
      fedBytes += piece.length
      await Promise.race([closed, new Promise((fulfil) => stream.write(piece, fulfil))])
      // It left the rest, since a frame ended before that.
      if (stream.destroyed || stream.bytesWritten < fedBytes) return
    }
  }
  const feeding = feed().catch((error) => stream.destroy(error))
  try {
    yield* stream as AsyncIterable<Uint8Array>
  } finally {
    stream.destroy()
  }
  await feeding
  source.giveBack(last.subarray(last.length - (fedBytes - stream.bytesWritten)))
}

const nothing = new Uint8Array()

/** Chunks of which one can be given back. */
class Pieces {
  readonly #chunks: AsyncIterator<Uint8Array> | Iterator<Uint8Array>
  #given: Uint8Array = nothing

  constructor(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
    this.#chunks =
      Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]()
  }

  /** Empty where there are no more. */
  async next(): Promise<Uint8Array> {
    while (this.#given.length === 0) {
      const { done, value } = await this.#chunks.next()
      if (done) return nothing
      this.#given = value
    }
    const piece = this.#given
    this.#given = nothing
    return piece
  }

  giveBack(piece: Uint8Array): void {
    this.#given = piece
  }

  async hasMore(): Promise<boolean> {
    this.#given = await this.next()
    return this.#given.length > 0
  }

  async letGo(): Promise<void> {
    await this.#chunks.return?.()
  }
}
