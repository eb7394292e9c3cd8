import type { Definition } from '../core/index.ts'
import { acceptanceDigest, type RefusedLinesStore } from '../rollup/refused-lines.ts'

/** Lines of history that folds left out, since a definition refused them. */
export interface RefusedLines {
  /** Who refused them: the definition that is asked with, or another. */
  readonly refusedBy: 'this one' | 'another'
  readonly hours: number
  readonly lines: number
}

/**
 * The lines that folds left out, by who refused them. The hours of another definition are folded
 * again by the next run under this one.
 */
export async function countRefusedLines(
  noted: Pick<RefusedLinesStore, 'list'>,
  definition: Definition,
): Promise<RefusedLines[]> {
  const own = acceptanceDigest(definition)
  const notes = await Array.fromAsync(noted.list())
  const byDefinition = Map.groupBy(notes, (note) =>
    note.definition === own ? 'this one' : 'another',
  )
  return [...byDefinition].map(([refusedBy, hours]) => ({
    refusedBy,
    hours: hours.length,
    lines: hours.reduce((total, { lines }) => total + lines, 0),
  }))
}
