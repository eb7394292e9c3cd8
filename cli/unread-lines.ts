import type { Pipeline } from '../lib/core/index.ts'
import { acceptanceDigest, type RefusedLinesStore } from '../lib/rollup/refused-lines.ts'
import { type Cells, numberCell, textCell } from './output/cells.ts'

/**
 * The lines that folds left out, by who refused them: this definition, or another, whose hours the
 * next run under this one folds again.
 */
export async function unreadLines(unread: RefusedLinesStore, pipeline: Pipeline): Promise<Cells[]> {
  const own = acceptanceDigest(pipeline)
  const notes = await Array.fromAsync(unread.list())
  const byDefinition = Map.groupBy(notes, ({ definition }) =>
    definition === own ? 'this one' : 'another',
  )
  return [...byDefinition].map(([definition, hours]) => [
    textCell('refusedBy', definition),
    numberCell('hours', hours.length),
    numberCell(
      'lines',
      hours.reduce((total, { lines }) => total + lines, 0),
    ),
  ])
}
