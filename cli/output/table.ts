import Table from 'cli-table3'
import { escapeSteering } from '../../lib/core/index.ts'
import type { Cell } from '../../lib/query/result-row.ts'
import type { Cells } from './cells.ts'
import { formatNumber } from './format-number.ts'

const plainLines = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

/** A table of text, numbers to the right with their points below each other. */
export function tableOf(rows: readonly Cells[]): string {
  const [first] = rows
  if (first === undefined) return ''
  const table = new Table({
    head: first.map(({ name }) => name),
    colAligns: first.map(({ kind }) => (kind === 'number' ? 'right' : 'left')),
    chars: plainLines,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  const decimals = first.map((_, at) => decimalsByUnit(rows.map((row) => row[at])))
  for (const row of rows) {
    table.push(row.map((cell, at) => show(cell, decimals[at]?.get(cell.unit) ?? 0)))
  }
  return table
    .toString()
    .split('\n')
    .map((line) => `${line.trimEnd()}\n`)
    .join('')
}

/** Numbers of a column share their decimals with those of the same unit, where it has several. */
function decimalsByUnit(column: readonly (Cell | undefined)[]): Map<string | undefined, number> {
  const byUnit = Map.groupBy(column, (cell) => cell?.unit)
  return new Map([...byUnit].map(([unit, cells]) => [unit, sharedDecimals(cells)]))
}

/** As many decimals as the longest has; two at least where any has one, as money is written. */
function sharedDecimals(column: readonly (Cell | undefined)[]): number {
  const most = column.reduce((longest, cell) => Math.max(longest, decimalsOf(cell)), 0)
  return most === 1 ? 2 : most
}

function decimalsOf(cell: Cell | undefined): number {
  if (cell?.kind !== 'number' || cell.value === null) return 0
  const point = cell.value.indexOf('.')
  return point < 0 ? 0 : cell.value.length - point - 1
}

function show({ kind, value }: Cell, decimals: number): string {
  if (value === null) return '-'
  return kind === 'number' ? formatNumber(value, decimals) : escapeSteering(value)
}
