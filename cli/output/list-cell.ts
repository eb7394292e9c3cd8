import type { Cell } from '../../lib/query/result-row.ts'
import type { Cells } from './cells.ts'
import { jsonOf } from './json.ts'

/** Lines within a line, for programs to read. */
export const listCell = (name: string, lines: readonly Cells[]): Cell => ({
  name,
  kind: 'json',
  value: `[${lines.map(jsonOf).join(',')}]`,
})
