import type { Grain } from '../oracle/local-calendar.ts'
import type { OracleRow } from '../oracle/oracle.ts'
import { twofoldOk } from './twofold-command.ts'

/** A row as a command gives it, its numbers as the very text that stood in the JSON. */
export type ExportedRow = OracleRow & { readonly status: string }

export const allGrains: readonly Grain[] = ['minute', 'day', 'week', 'month']

const measures = new Set(['purchases', 'quantity', 'revenue', 'minPrice', 'maxPrice'])

type ReviverWithSource = (name: string, value: unknown, context: { source: string }) => unknown

const keepDigits: ReviverWithSource = (name, value, context) => {
  if (typeof value === 'number') return context.source
  return measures.has(name) ? `${JSON.stringify(value)}, which is no number` : value
}

/** Reads JSON with every number as its source text; a measure that is no number shows it. */
export function parseWithDigits(json: string): unknown {
  return JSON.parse(json, keepDigits as (name: string, value: unknown) => unknown)
}

/** Reads what `--format ndjson` gives. */
export function parseRows(ndjson: string): ExportedRow[] {
  const lines = ndjson.split('\n')
  if (lines.pop() !== '') throw new Error('The last line is not ended with a newline')
  return lines.map((line) => parseWithDigits(line) as ExportedRow)
}

/** Every row of a grain, as `twofold export` has it. */
export async function exportRows(
  data: string,
  grain: Grain,
  flags: readonly string[] = [],
): Promise<ExportedRow[]> {
  const { stdout } = await twofoldOk([
    'export',
    ...['--grain', grain],
    ...['--format', 'ndjson'],
    ...['--data', data],
    ...flags,
  ])
  return parseRows(stdout)
}

/** What two sets of rows do not share: their numbers, and the first few of each. */
export interface Differences {
  readonly missing: number
  readonly unexpected: number
  readonly firstMissing: readonly string[]
  readonly firstUnexpected: readonly string[]
}

export const noDifferences: Differences = {
  missing: 0,
  unexpected: 0,
  firstMissing: [],
  firstUnexpected: [],
}

/** Compares rows whole, whatever their order: same fields in the same order, digit by digit. */
export function differencesOf(
  actual: readonly ExportedRow[],
  expected: readonly ExportedRow[],
): Differences {
  const left = new Map<string, number>()
  for (const row of expected) count(left, JSON.stringify(row), 1)
  for (const row of actual) count(left, JSON.stringify(row), -1)
  const missing = [...left].filter(([, times]) => times > 0)
  const unexpected = [...left].filter(([, times]) => times < 0)
  return {
    missing: missing.length,
    unexpected: unexpected.length,
    firstMissing: missing.slice(0, 3).map(([row]) => row),
    firstUnexpected: unexpected.slice(0, 3).map(([row]) => row),
  }
}

function count(counts: Map<string, number>, row: string, by: number): void {
  counts.set(row, (counts.get(row) ?? 0) + by)
}

/** The oracle's rows as they should be exported once every hour is over. */
export function asFinal(rows: readonly OracleRow[]): ExportedRow[] {
  return rows.map((row) => ({ ...row, status: 'final' }))
}
