/** A line of a file. */
export interface LinePlace {
  readonly file: string
  /** From 1. */
  readonly line: number
}

interface Stretch extends LinePlace {
  /** The number of its first line among all that were folded, from 1. */
  readonly foldedLine: number
}

/** Tells of lines that were folded, which are counted over all files, where they stand. */
export class LinePlaces {
  readonly #stretches: Stretch[] = []

  /** The line that is folded next, by its number among all, stands there; others follow it. */
  begin(foldedLine: number, { file, line }: LinePlace): void {
    // Of a stretch without a line only the begin of the next counts.
    if (this.#stretches.at(-1)?.foldedLine === foldedLine) this.#stretches.pop()
    this.#stretches.push({ foldedLine, file, line })
  }

  /** Where a line stands, or will stand if it is the next. */
  placeOf(foldedLine: number): LinePlace {
    const stretch = this.#stretches.findLast((one) => one.foldedLine <= foldedLine)
    if (stretch === undefined) throw new RangeError(`No line ${foldedLine} was folded`)
    return { file: stretch.file, line: stretch.line + foldedLine - stretch.foldedLine }
  }
}
