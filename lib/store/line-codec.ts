import { Lines, wholeLines } from '../core/index.ts'
import { compressionOf } from './compression.ts'
import { StorageTrouble } from './storage-trouble.ts'

/** How lines become an object's bytes and are read from them again. The object's name says how. */
export interface LineCodec {
  /** The same bytes for the same lines. */
  encode(name: string, lines: Lines): Promise<Uint8Array>
  /** Lines of text as the chunks of one object, however many. */
  encodeStream(
    name: string,
    lines: AsyncIterable<string> | Iterable<string>,
  ): AsyncIterable<Uint8Array>
  /** Chunks of whole lines. Throws StorageTrouble where the object is cut short or damaged. */
  decode(
    name: string,
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): AsyncIterable<Lines>
  /**
   * All lines of an object whose bytes are at hand; undefined where they come to more than
   * `maxBytes`, and so are better read in chunks. Throws StorageTrouble as `decode` does.
   */
  decodeWhole(name: string, body: Uint8Array, maxBytes: number): Promise<Lines | undefined>
}

/** What every object of ours is written with; a simulation passes one that needs no thread. */
export const compressedLines: LineCodec = {
  encode: (name, lines) => compressionOf(name).compress(lines.text()),

  encodeStream: (name, lines) => compressionOf(name).compressStream(inChunks(lines)),

  async *decode(name, chunks) {
    try {
      yield* wholeLines(compressionOf(name).decompressStream(chunks))
    } catch (cause) {
      throw new StorageTrouble(`Reading ${name}`, cause)
    }
  },

  async decodeWhole(name, body, maxBytes) {
    try {
      const text = await compressionOf(name).decompress(body, maxBytes)
      return text && Lines.ofText(text)
    } catch (cause) {
      throw new StorageTrouble(`Reading ${name}`, cause)
    }
  },
}

/** What zlib and zstd say of bytes that they can't decompress, or not to their end; not of memory that lacks. */
const damageCode = /^(?:Z_(?!MEM)|ZSTD_error_(?!memory))/

/** Whether an object could not be read since it is itself cut short or damaged: no retry mends it. */
export function isDamaged(error: unknown): boolean {
  const cause = error instanceof StorageTrouble ? error.cause : undefined
  const code = (cause as NodeJS.ErrnoException | undefined)?.code
  return typeof code === 'string' && damageCode.test(code)
}

const chunkCharacters = 64 * 1024

async function* inChunks(lines: AsyncIterable<string> | Iterable<string>): AsyncGenerator<Buffer> {
  let chunk = ''
  for await (const line of lines) {
    chunk += `${line}\n`
    if (chunk.length >= chunkCharacters) {
      yield Buffer.from(chunk)
      chunk = ''
    }
  }
  if (chunk !== '') yield Buffer.from(chunk)
}
