import type { Reject, RejectReason } from './reject.ts'

/** The lines that were not taken for one reason and because of one field. */
export interface RejectedLines {
  readonly reason: RejectReason
  readonly field: string | undefined
  /** Of the first of them, since a message may hold a number that others have otherwise. */
  readonly message: string
  readonly lines: number
  /** The number of the first of them, from 1, counting all lines. */
  readonly firstLine: number
}

/** Counts rejects by reason and field, of which there are no more than a definition has. */
export class RejectTally {
  readonly #rejected = new Map<string, RejectedLines & { lines: number }>()

  add({ reason, field, message }: Reject, line: number): void {
    const kind = kindOf({ reason, field })
    const known = this.#rejected.get(kind)
    if (known !== undefined) known.lines++
    else this.#rejected.set(kind, { reason, field, message, lines: 1, firstLine: line })
  }

  /** Lines of a stretch of text, before which there are so many. */
  addLines({ firstLine, ...rejected }: RejectedLines, linesBefore: number): void {
    const kind = kindOf(rejected)
    const known = this.#rejected.get(kind)
    if (known !== undefined) known.lines += rejected.lines
    else this.#rejected.set(kind, { ...rejected, firstLine: linesBefore + firstLine })
  }

  /** In the order in which each first came. */
  get rejects(): readonly RejectedLines[] {
    return [...this.#rejected.values()]
  }
}

const kindOf = ({ reason, field }: Pick<RejectedLines, 'reason' | 'field'>) =>
  `${reason} ${field ?? ''}`
