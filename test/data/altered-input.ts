import { type MalformedLine, malformedLines } from './malformed-lines.ts'
import { SeededRandom } from './seeded-random.ts'

export interface AlterationOptions {
  readonly seed: number
  readonly files: number
  /** Of 1: the share of the lines that are there twice. */
  readonly repeatedShare: number
  /** Of 1: malformed lines added for every line that was there. */
  readonly malformedShare: number
}

export interface AlteredInput {
  /** The lines of each file. */
  readonly files: readonly (readonly Buffer[])[]
  readonly repeated: number
  readonly malformed: readonly MalformedLine[]
  readonly linesInAll: number
}

/**
 * The same purchases as a bad day brings them: out of order, in several files, some of them twice,
 * malformed lines between them. It must come to the same rows as the lines themselves.
 */
export function alterInput(lines: readonly Buffer[], options: AlterationOptions): AlteredInput {
  const random = new SeededRandom(options.seed)
  const repeats = random.shuffled(lines).slice(0, Math.round(lines.length * options.repeatedShare))
  const malformed = malformedLines(Math.round(lines.length * options.malformedShare))
  const all = random.shuffled([...lines, ...repeats, ...malformed.map(({ line }) => line)])
  const perFile = Math.ceil(all.length / options.files)
  return {
    files: Array.from({ length: options.files }, (_, file) =>
      all.slice(file * perFile, (file + 1) * perFile),
    ),
    repeated: repeats.length,
    malformed,
    linesInAll: all.length,
  }
}

/** Lines as the bytes of a file, the last one ended as well. */
export function fileOf(lines: readonly Buffer[]): Buffer {
  return Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]))
}
