import { hourUnit } from '../ledger/unit.ts'
import { acceptanceDigest } from '../rollup/refused-lines.ts'
import type { VerifyContext } from './verify-context.ts'

/** What the next rollup has to do about an hour, and so puts right. */
export interface DueFold {
  /** The hour is marked as changed. */
  readonly marked: boolean
  /** Lines that folds under other definitions left out: for these the hour is folded again. */
  readonly refusedLines: number
}

export async function readDueFold(
  { definition, stores }: VerifyContext,
  hourMs: number,
): Promise<DueFold> {
  const marked = await stores.changed.isMarked(hourUnit(hourMs))
  const own = acceptanceDigest(definition)
  let refusedLines = 0
  for await (const note of stores.refusedLines.list(hourMs)) {
    if (note.definition !== own) refusedLines += note.lines
  }
  return { marked, refusedLines }
}

/** What was due at one time or the other. */
export function eitherDue(a: DueFold, b: DueFold): DueFold {
  return {
    marked: a.marked || b.marked,
    refusedLines: Math.max(a.refusedLines, b.refusedLines),
  }
}
