import { basename } from 'node:path'
import type { RejectedLines, WindowFold } from '../lib/core/index.ts'
import { standardInput } from './feed-file.ts'
import { type LinePlace, LinePlaces } from './line-places.ts'
import { maxLineBytes } from './stream-limits.ts'

/** Lines that were rejected, and where the first of them stands. */
export interface RejectedInFiles extends Omit<RejectedLines, 'firstLine'> {
  readonly firstAt: LinePlace
}

/** What the lines of files came to. */
export interface FoldedLines {
  /** Lines that hold something and are whole, whatever became of them. */
  readonly lines: number
  readonly blankLines: number
  /** What most lines were rejected for comes first. */
  readonly rejects: readonly RejectedInFiles[]
  /** Of each file that could not be read to its end, where and why. */
  readonly cutShort: readonly string[]
}

/** What a fold counts: not the lines that it never gets to see. */
type Counts = Pick<WindowFold, 'events' | 'blankLines' | 'rejects'>

/** Counts the lines of files, those that a fold gets and those that it cannot get. */
export class LineTally {
  readonly #fold: Counts
  readonly #places = new LinePlaces()
  /** Rejected before they came to the fold. */
  readonly #rejects = new Map<string, RejectedInFiles & { lines: number }>()
  readonly #cutShort: string[] = []
  #blankLines = 0
  #tooLong = 0

  constructor(fold: Counts) {
    this.#fold = fold
  }

  /** The lines from here on are those of this file. */
  begin(file: string): void {
    this.#places.begin(this.#nextLine(), { file: shownName(file), line: 1 })
  }

  /** The next line has too many bytes for the fold. */
  passTooLong(bytes: number): void {
    this.#tooLong++
    this.#reject('too-large', `the line has ${bytes} bytes; the stream takes ${maxLineBytes}`)
    this.#pass()
  }

  /** The next line is blank, and has too many bytes for the fold. */
  passBlank(): void {
    this.#blankLines++
    this.#pass()
  }

  /** The file cannot be read on, amid the next line. */
  cutShort(problem: string): void {
    const { file, line } = this.#places.placeOf(this.#nextLine())
    const message = `${file} is cut short or damaged after line ${line - 1}: ${problem}`
    this.#cutShort.push(message)
    this.#reject('cut-short', message)
  }

  lines(): FoldedLines {
    const { events, blankLines, rejects } = this.#fold
    const folded = rejects.map(({ firstLine, ...rejected }) => {
      return { ...rejected, firstAt: this.#places.placeOf(firstLine) }
    })
    return {
      lines: events + linesOf(rejects) + this.#tooLong,
      blankLines: blankLines + this.#blankLines,
      rejects: [...folded, ...this.#rejects.values()].sort((a, b) => b.lines - a.lines),
      cutShort: this.#cutShort,
    }
  }

  #reject(reason: 'too-large' | 'cut-short', message: string): void {
    const known = this.#rejects.get(reason)
    if (known !== undefined) known.lines++
    else {
      const firstAt = this.#places.placeOf(this.#nextLine())
      this.#rejects.set(reason, { reason, field: undefined, message, lines: 1, firstAt })
    }
  }

  /** What is folded next stands a line further on. */
  #pass(): void {
    const next = this.#nextLine()
    const { file, line } = this.#places.placeOf(next)
    this.#places.begin(next, { file, line: line + 1 })
  }

  /** The number of the line that is folded next. */
  #nextLine(): number {
    const { events, blankLines, rejects } = this.#fold
    return events + blankLines + linesOf(rejects) + 1
  }
}

const shownName = (file: string) => (file === standardInput ? 'standard input' : basename(file))

function linesOf(rejects: readonly { readonly lines: number }[]): number {
  return rejects.reduce((total, { lines }) => total + lines, 0)
}
