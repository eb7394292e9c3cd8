import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { createGunzip, createGzip, gzip } from 'node:zlib'
import { type Lines, wholeLines } from '../core/index.ts'
import { StorageTrouble } from './storage-trouble.ts'

/** How lines become an object's bytes and are read from them again. */
export interface LineCodec {
  /** The same bytes for the same lines. */
  encode(lines: readonly Uint8Array[]): Promise<Uint8Array>
  /** Lines of text as the chunks of one object, however many. */
  encodeStream(lines: AsyncIterable<string> | Iterable<string>): AsyncIterable<Uint8Array>
  /** Chunks of whole lines. Throws StorageTrouble where the object is cut short or not of this codec. */
  decode(name: string, chunks: AsyncIterable<Uint8Array>): AsyncIterable<Lines>
}

const gzipBytes = promisify(gzip)

const newline = Buffer.from('\n')
const chunkCharacters = 64 * 1024

/** Lines as one gzip file, the same bytes for the same lines. */
export function gzipLines(lines: readonly Uint8Array[]): Promise<Uint8Array> {
  return gzipBytes(Buffer.concat(lines.flatMap((line) => [line, newline])))
}

/** Lines of text as the chunks of one gzip file, however many. */
export function gzipTextLines(
  lines: AsyncIterable<string> | Iterable<string>,
): AsyncIterable<Uint8Array> {
  return pipeThrough(Readable.from(inChunks(lines)), createGzip())
}

/** The lines of one gzip file, in chunks. Throws StorageTrouble where it is cut short or no gzip. */
export async function* gunzipLines(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Lines> {
  try {
    yield* wholeLines(pipeThrough(Readable.from(chunks), createGunzip()))
  } catch (cause) {
    throw new StorageTrouble(`Reading ${name}`, cause)
  }
}

/** Whether an object could not be read since it is itself cut short or no gzip: no retry mends it. */
export function isDamaged(error: unknown): boolean {
  const cause = error instanceof StorageTrouble ? error.cause : undefined
  const code = (cause as NodeJS.ErrnoException | undefined)?.code
  return typeof code === 'string' && code.startsWith('Z_')
}

/** Unlike `pipe` alone, hands an error of the source on to whoever reads. */
function pipeThrough(
  source: Readable,
  through: ReturnType<typeof createGzip | typeof createGunzip>,
): AsyncIterable<Uint8Array> {
  source.on('error', (error) => through.destroy(error))
  through.on('close', () => source.destroy())
  return source.pipe(through)
}

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

/** What every object of ours is written with; a simulation passes one that needs no thread. */
export const gzipCodec: LineCodec = {
  encode: gzipLines,
  encodeStream: gzipTextLines,
  decode: gunzipLines,
}
