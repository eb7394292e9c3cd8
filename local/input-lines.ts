import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import { ByteSource } from './byte-source.ts'
import { fileContent } from './file-content.ts'
import { type FileLine, FileLines } from './file-lines.ts'
import { UnreadableContent } from './unreadable-content.ts'

export interface InputLine extends FileLine {
  readonly file: string
}

/** Where a compressed file could not be read on. The lines before were whole. */
export interface CutShort extends InputLine {
  /** What there is of the line that was cut. */
  readonly data: Uint8Array
  readonly message: string
}

export interface InputOptions {
  readonly onBytes: (bytes: number) => void
  readonly onBlankLines: (lines: number) => void
  readonly onCutShort: (cut: CutShort) => Promise<void>
}

/** Of a line that is longer, the first bytes are held. Kinesis takes an eighth of it. */
export const maxHeldLineBytes = 8 * 1024 * 1024

/**
 * The lines of files, one after the other, gzip, zstd or plain as their first bytes tell. Lines of
 * nothing but white space are no events and are left out.
 */
export async function* inputLines(
  files: readonly string[],
  options: InputOptions,
): AsyncGenerator<InputLine> {
  for (const file of files) yield* linesOf(file, options)
}

async function* linesOf(file: string, options: InputOptions): AsyncGenerator<InputLine> {
  const source = new ByteSource(counted(createReadStream(file), options.onBytes))
  const lines = new FileLines(maxHeldLineBytes)
  let problem: string | undefined
  try {
    for await (const chunk of fileContent(source)) {
      for (const line of lines.add(chunk)) yield { file, ...line }
    }
  } catch (error) {
    if (!(error instanceof UnreadableContent)) throw error
    problem = error.message
  }
  const wholeLines = lines.lines
  const rest = lines.rest()
  options.onBlankLines(lines.blankLines)
  if (problem === undefined) {
    if (rest !== undefined) yield { file, ...rest }
    return
  }
  const message = `${basename(file)} is cut short or damaged after line ${wholeLines}: ${problem}`
  const nothing = { line: wholeLines + 1, atByte: 0, bytes: 0, data: new Uint8Array() }
  await options.onCutShort({ file, ...(rest ?? nothing), message })
}

async function* counted(source: Readable, onBytes: (bytes: number) => void) {
  for await (const chunk of source as AsyncIterable<Buffer>) {
    onBytes(chunk.length)
    yield chunk
  }
}
