import { Readable, type Transform } from 'node:stream'
import { promisify } from 'node:util'
import {
  constants,
  createGunzip,
  createGzip,
  createZstdCompress,
  gunzip,
  gzip,
  zstdCompress,
} from 'node:zlib'
import { decompressFrames, decompressOneFrame } from './zstd-frames.ts'

/** How bytes of an object are made fewer. What reads throws an error of zlib where they are damaged. */
export interface Compression {
  /** The same for the same bytes. */
  compress(bytes: Uint8Array): Promise<Uint8Array>
  compressStream(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>
  /** Undefined where the bytes come to more than that, or are better read in chunks. */
  decompress(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array | undefined>
  decompressStream(
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): AsyncIterable<Uint8Array>
}

/** An object's name ends as it is compressed: `.zst`, or `.gz` as all were before. */
export const compressionOf = (name: string): Compression => (name.endsWith('.zst') ? zstd : gzipped)

/** Larger ones than the default make fewer and larger chunks of lines. */
const chunkSize = 256 * 1024

const gzipBytes = promisify(gzip)
const gunzipBytes = promisify(gunzip)

const gzipped: Compression = {
  compress: (bytes) => gzipBytes(bytes),
  compressStream: (chunks) => pipeThrough(Readable.from(chunks), createGzip()),
  decompress: (bytes, maxBytes) =>
    unlessTooLarge(gunzipBytes(bytes, { chunkSize, maxOutputLength: maxBytes })),
  decompressStream: (chunks) => pipeThrough(Readable.from(chunks), createGunzip({ chunkSize })),
}

/**
 * Of events, level 3 takes a quarter longer and saves nothing. Without its checksum, zstd would not
 * find most of what is damaged.
 */
const params = {
  [constants.ZSTD_c_compressionLevel]: 1,
  [constants.ZSTD_c_checksumFlag]: 1,
}

const zstdBytes = promisify(zstdCompress)

/**
 * Events come to less than a quarter, which a thread then writes at one call; by the default it takes one
 * for each 16 KB. The bytes are the same.
 */
const outputBytes = ({ length }: Uint8Array) => Math.max(16 * 1024, Math.ceil(length / 4))

const zstd: Compression = {
  compress: (bytes) => zstdBytes(bytes, { params, chunkSize: outputBytes(bytes) }),
  compressStream: (chunks) => pipeThrough(Readable.from(chunks), createZstdCompress({ params })),
  decompress: (bytes, maxBytes) => unlessTooLarge(decompressOneFrame(bytes, chunkSize, maxBytes)),
  decompressStream: (chunks) => decompressFrames(chunks, chunkSize),
}

async function unlessTooLarge<Result>(decompressing: Promise<Result>): Promise<Result | undefined> {
  try {
    return await decompressing
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return undefined
    throw error
  }
}

/** Unlike `pipe` alone, hands an error of the source on to whoever reads. */
function pipeThrough(source: Readable, through: Transform): AsyncIterable<Uint8Array> {
  source.on('error', (error) => through.destroy(error))
  through.on('close', () => source.destroy())
  return source.pipe(through)
}
