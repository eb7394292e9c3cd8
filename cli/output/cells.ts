import type { Aggregation, Window } from '../../lib/core/index.ts'
import type { Cell, ResultRow, TotalRow } from '../../lib/query/result-row.ts'

/** One line of output: its columns in order. */
export type Cells = readonly Cell[]

export const textCell = (name: string, value: string | null): Cell => ({
  name,
  kind: 'text',
  value,
})

export const numberCell = (name: string, value: number | null): Cell => ({
  name,
  kind: 'number',
  value: value === null ? null : String(value),
})

/** All that is known of a row, for programs to read. */
export function fullCells(row: ResultRow): Cells {
  return [...totalCells(row), textCell('status', row.status)]
}

/** The same of totals that are not stored, and so have no status. */
export function totalCells(row: TotalRow): Cells {
  const { aggregation, grain, period: name, fromMs, toMs } = row
  return [...windowCells(aggregation, { grain, name, fromMs, toMs }), ...row.key, ...row.measures]
}

/** What is known of a row by its window. */
export function windowCells(aggregation: string, { grain, name, fromMs, toMs }: Window): Cells {
  return [
    textCell('aggregation', aggregation),
    textCell('grain', grain),
    textCell('period', name),
    textCell('from', new Date(fromMs).toISOString()),
    textCell('to', new Date(toMs).toISOString()),
  ]
}

/** The names of these cells, which a CSV has also where there are no rows. */
export function fullColumns(aggregation: Aggregation): string[] {
  return [...totalColumns(aggregation), 'status']
}

export function totalColumns({ keyFields, measures }: Aggregation): string[] {
  const names = [...keyFields, ...measures].map(({ name }) => name)
  return ['aggregation', 'grain', 'period', 'from', 'to', ...names]
}

/** What changes from row to row, for people to read. */
export function shortCells(row: ResultRow): Cells {
  return [
    textCell('period', row.period),
    ...row.key,
    ...row.measures,
    textCell('status', row.status),
  ]
}
