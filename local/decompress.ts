import type { InflateRaw, ZstdDecompress } from 'node:zlib'
import type { ByteSource } from './byte-source.ts'
import { UnreadableContent } from './unreadable-content.ts'

/** What a decompressor hands over at once: each time costs a turn of the event loop. */
export const decompressedBytes = 256 * 1024

/** Pieces that were decompressed and not asked for yet, until it waits. */
const maxWaiting = 2

/**
 * What a decompressor makes of the next bytes of a source, up to the end of one compressed stream;
 * the source then stands right behind it. However much comes of few bytes, a few pieces are held.
 * Throws UnreadableContent, once all that came before was handed out.
 */
export async function* decompress(
  stream: InflateRaw | ZstdDecompress,
  source: ByteSource,
): AsyncGenerator<Uint8Array> {
  const waiting: Uint8Array[] = []
  let outcome: Error | 'ended' | undefined
  let wake = () => {}
  const end = (how: Error | 'ended') => {
    outcome ??= how
    wake()
  }
  // It flows, since a stream that fails drops what it has not handed out; while it is paused, its
  // least high-water mark has it wait after one piece, and then it cannot fail.
  stream.on('data', (bytes: Uint8Array) => {
    waiting.push(bytes)
    if (waiting.length >= maxWaiting) stream.pause()
    wake()
  })
  stream.once('end', () => end('ended'))
  stream.once('error', (error) => end(error))
  const feeding = new Feeding(stream, source)
  feeding.feed().catch(end)
  try {
    for (;;) {
      const bytes = waiting.shift()
      if (stream.isPaused()) stream.resume()
      if (bytes !== undefined) yield bytes
      else if (outcome !== undefined) break
      else {
        await new Promise<void>((fulfil) => {
          wake = fulfil
        })
      }
    }
  } finally {
    stream.destroy()
  }
  if (outcome === 'ended') feeding.giveBack()
  else throw isOfContent(outcome) ? new UnreadableContent(outcome.message) : outcome
}

/** Options of a decompressor for `decompress`. */
export const decompressorOptions = { chunkSize: decompressedBytes, readableHighWaterMark: 1 }

/** Hands a source's bytes to a decompressor, one piece after the other. */
class Feeding {
  readonly #stream: InflateRaw | ZstdDecompress
  readonly #source: ByteSource
  #last: Uint8Array = new Uint8Array()
  #written = 0

  constructor(stream: InflateRaw | ZstdDecompress, source: ByteSource) {
    this.#stream = stream
    this.#source = source
  }

  async feed(): Promise<void> {
    for (;;) {
      const piece = await this.#source.next()
      if (piece.length === 0) {
        this.#stream.end()
        return
      }
      this.#last = piece
      this.#written += piece.length
      await new Promise<void>((fulfil) => this.#stream.write(piece, () => fulfil()))
      // It has come to its end, or to an error, and has no use for the rest.
      if (this.#stream.destroyed || this.#stream.bytesWritten < this.#written) return
    }
  }

  /** What was left over of the last piece. */
  giveBack(): void {
    const left = this.#written - this.#stream.bytesWritten
    this.#source.giveBack(this.#last.subarray(this.#last.length - left))
  }
}

function isOfContent({ code = '' }: NodeJS.ErrnoException): boolean {
  return code.startsWith('Z_') || code.startsWith('ZSTD_')
}
