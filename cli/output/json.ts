import { escapeSteering } from '../../lib/core/index.ts'
import type { Cell } from '../../lib/query/result-row.ts'
import type { Cells } from './cells.ts'
import type { RowSyntax } from './total-syntax.ts'

/** One JSON object; decimals are numbers with their exact digits. Steers no terminal. */
export function jsonOf(cells: Cells): string {
  const members = cells.map((cell) => `${JSON.stringify(cell.name)}:${jsonValue(cell)}`)
  return escapeSteering(`{${members.join(',')}}`)
}

function jsonValue({ kind, value }: Cell): string {
  if (value === null) return 'null'
  return kind === 'text' ? JSON.stringify(value) : value
}

/** One JSON object, part by part. */
export const jsonSyntax: RowSyntax = {
  begin: '{',
  end: '}',
  part: (cells) => jsonOf(cells).slice(1, -1),
  label: (name) => `${JSON.stringify(name)}:`,
  none: 'null',
}
