import type { Cell, ResultRow } from '../../lib/query/result-row.ts'

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
  return [
    textCell('aggregation', row.aggregation),
    textCell('grain', row.grain),
    textCell('period', row.period),
    textCell('from', new Date(row.fromMs).toISOString()),
    textCell('to', new Date(row.toMs).toISOString()),
    ...row.key,
    ...row.measures,
    textCell('status', row.status),
  ]
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
