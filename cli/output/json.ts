import type { Cell } from '../../lib/query/result-row.ts'
import type { Cells } from './cells.ts'

/** One JSON object; decimals are numbers with their exact digits. */
export function jsonOf(cells: Cells): string {
  return `{${cells.map((cell) => `${JSON.stringify(cell.name)}:${jsonValue(cell)}`).join(',')}}`
}

function jsonValue({ kind, value }: Cell): string {
  if (value === null) return 'null'
  return kind === 'number' ? value : JSON.stringify(value)
}
