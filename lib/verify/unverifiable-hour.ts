import { UnreadableRow } from '../rows/unreadable-row.ts'
import { isDamaged } from '../store/line-codec.ts'
import { UnexpectedContent } from '../store/unexpected-content.ts'

/** What is stored and can't be read, so that whatever it is part of can't be compared. */
export interface Damage {
  /** A minute row that nobody can decode, or an object of the bucket. */
  readonly in: 'row' | 'object'
  /** What is damaged, by its name, and in which way. Of a row, that holds its key. */
  readonly message: string
}

export interface UnverifiableHour extends Damage {
  readonly hourMs: number
}

/** The damage that an error tells of; undefined where it is of another kind, such as trouble of AWS. */
export function damageIn(error: unknown): Damage | undefined {
  if (error instanceof UnreadableRow) return { in: 'row', message: error.told }
  if (error instanceof UnexpectedContent) return { in: 'object', message: error.message }
  if (error instanceof Error && isDamaged(error)) return { in: 'object', message: error.message }
  return undefined
}
