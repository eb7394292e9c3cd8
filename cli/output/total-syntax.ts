import type { Aggregation, TotalSyntax } from '../../lib/core/index.ts'
import { keyCells } from '../../lib/query/result-row.ts'
import { type Cells, windowCells } from './cells.ts'

/** How a row of cells is written. */
export interface RowSyntax {
  readonly begin: string
  readonly end: string
  /** Cells as they stand within a row. */
  part(cells: Cells): string
  /** What stands before a cell's value. */
  label(name: string): string
  /** The value of a cell that has none. */
  readonly none: string
}

/** Windows recur with every key, but there may be as many as rows. */
const maxKnownWindows = 100_000

/**
 * The same for totals, whose rows come to what their cells would be written as one by one. `before` and
 * `after` stand around each row.
 */
export function totalSyntax(
  aggregation: Aggregation,
  { begin, end, part, label, none }: RowSyntax,
  { before, after }: { readonly before: string; readonly after: string },
): TotalSyntax {
  const windows = new Map<number, string>()
  return {
    windowText(window) {
      const known = windows.get(window.fromMs)
      if (known !== undefined) return known
      const text = `${before}${begin}${part(windowCells(aggregation.name, window))},`
      if (windows.size < maxKnownWindows) windows.set(window.fromMs, text)
      return text
    },
    keyText: (key) => part(keyCells(aggregation, key)),
    before: aggregation.measures.map(({ name }) => `,${label(name)}`),
    none,
    end: end + after,
  }
}
