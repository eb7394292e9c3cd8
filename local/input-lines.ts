import { on } from 'node:events'
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { splitLines } from '../lib/core/index.ts'

export interface InputLine {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly data: Uint8Array
}

/** Where a compressed file could not be read on. The lines before were whole. */
export interface CutShort extends InputLine {
  /** What there is of the line that was cut. */
  readonly data: Uint8Array
  readonly message: string
}

export interface InputOptions {
  readonly onBytes: (bytes: number) => void
  readonly onBlankLine: () => void
  readonly onCutShort: (cut: CutShort) => void
}

/**
 * The lines of files, one after the other, gzip or plain as their first bytes tell. Lines of
 * nothing but white space are no events and are left out.
 */
export async function* inputLines(
  files: readonly string[],
  options: InputOptions,
): AsyncGenerator<InputLine> {
  for (const file of files) yield* linesOf(file, options)
}

async function* linesOf(file: string, options: InputOptions): AsyncGenerator<InputLine> {
  let line = 0
  let held: Uint8Array | undefined
  const source = createReadStream(file)
  const { bytes, failure, endsWithNewline } = decoded(source, options.onBytes)
  // The newest line is held back, since only what follows it tells whether it is whole.
  for await (const data of splitLines(bytes)) {
    if (held !== undefined) {
      line++
      yield* take({ file, line, data: held }, options)
    }
    held = data
  }
  const problem = failure()
  if (held !== undefined && (problem === undefined || endsWithNewline())) {
    yield* take({ file, line: ++line, data: held }, options)
    held = undefined
  }
  if (problem !== undefined) {
    const message = `${basename(file)} is cut short or damaged after line ${line}: ${problem}`
    options.onCutShort({ file, line: line + 1, data: held ?? new Uint8Array(), message })
  }
}

function* take(input: InputLine, { onBlankLine }: InputOptions): Generator<InputLine> {
  if (isBlank(input.data)) onBlankLine()
  else yield input
}

const newline = 0x0a

/** Space, tab and carriage return: the white space of JSON that can stand in a line. */
const blank = new Set([0x20, 0x09, 0x0d])

function isBlank(data: Uint8Array): boolean {
  return data.every((byte) => blank.has(byte))
}

interface Decoded {
  readonly bytes: AsyncIterable<Uint8Array>
  /** Once `bytes` has ended: why it ended early, if it did. */
  readonly failure: () => string | undefined
  /** Once `bytes` has ended: whether its last byte was a newline. */
  readonly endsWithNewline: () => boolean
}

/** The file's bytes, decompressed where it begins as gzip does (RFC 1952). */
function decoded(source: Readable, onBytes: (bytes: number) => void): Decoded {
  let failure: string | undefined
  let lastByte: number | undefined
  const bytes = async function* (): AsyncGenerator<Uint8Array> {
    const chunks = counted(source, onBytes)[Symbol.asyncIterator]()
    const first = await chunks.next()
    if (first.done) return
    const rest = prepend(first.value, { [Symbol.asyncIterator]: () => chunks })
    if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) {
      yield* rest
      return
    }
    try {
      for await (const chunk of gunzip(rest)) {
        lastByte = chunk.at(-1) ?? lastByte
        yield chunk
      }
    } catch (error) {
      if (!isZlibError(error)) throw error
      failure = error.message
    }
  }
  return {
    bytes: bytes(),
    failure: () => failure,
    endsWithNewline: () => lastByte === newline,
  }
}

/**
 * Read by its events, since iterating over a stream that fails would drop the chunks that it has
 * decompressed and not yet handed out.
 */
async function* gunzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const through = createGunzip()
  const decompressed = on(through, 'data', { close: ['end'], highWaterMark: 16, lowWaterMark: 4 })
  Readable.from(chunks)
    .on('error', (error) => through.destroy(error))
    .pipe(through)
  for await (const [chunk] of decompressed) yield chunk as Uint8Array
}

function isZlibError(error: unknown): error is NodeJS.ErrnoException {
  const { code } = error as NodeJS.ErrnoException
  return typeof code === 'string' && code.startsWith('Z_')
}

async function* counted(source: Readable, onBytes: (bytes: number) => void) {
  for await (const chunk of source as AsyncIterable<Buffer>) {
    onBytes(chunk.length)
    yield chunk
  }
}

async function* prepend(first: Uint8Array, rest: AsyncIterable<Uint8Array>) {
  yield first
  yield* rest
}
