import { pipeline, Readable } from 'node:stream'
import { stringify } from 'csv-stringify'
import { stringify as stringifySync } from 'csv-stringify/sync'
import type { Cells } from './cells.ts'
import type { RowSyntax } from './total-syntax.ts'

type Lines = AsyncIterable<Cells> | Iterable<Cells>

const quoting = { quoted_match: /^$/ }

/**
 * CSV (RFC 4180) with a header, its lines ended by a line feed. An empty text is `""`, which a
 * missing value is not. Without lines, the header is of `columns`, if there are any.
 */
export async function* csvOf(
  lines: Lines,
  columns: readonly string[] = [],
): AsyncGenerator<string> {
  const written = stringify(quoting).setEncoding('utf8')
  // Unlike `pipe`, this hands an error of the lines on to whoever reads.
  pipeline(Readable.from(records(lines, columns)), written, () => undefined)
  yield* written
}

async function* records(
  lines: Lines,
  columns: readonly string[],
): AsyncGenerator<(string | null)[]> {
  let first = true
  for await (const cells of lines) {
    if (first) yield cells.map(({ name }) => name)
    first = false
    yield valuesOf(cells)
  }
  if (first && columns.length > 0) yield [...columns]
}

function valuesOf(cells: Cells): (string | null)[] {
  return cells.map(({ kind, value }) => {
    return kind === 'text' && value !== null ? withoutFormula(value) : value
  })
}

/** One line of CSV, without its end. */
export function csvRecord(values: readonly (string | null)[]): string {
  return stringifySync([[...values]], { ...quoting, eof: false })
}

/** One line of CSV, part by part. */
export const csvSyntax: RowSyntax = {
  begin: '',
  end: '',
  part: (cells) => csvRecord(valuesOf(cells)),
  label: () => '',
  none: '',
}

/**
 * What a spreadsheet would run as a formula (OWASP, CSV Injection: `=`, `+`, `-`, `@`, and control
 * characters, which some pass over), also behind white space, marks that don't show, and quotes.
 * A text that begins with `'` before these is among them, so that every text has a CSV of its own.
 */
const formula = /^['"\s\p{Cc}\p{Cf}]*[=+\-@]|^['"]*\p{Cc}/u

/** Numbers, whose minus sign would look like a formula, are not put through this. */
function withoutFormula(text: string): string {
  // Normalized, since some spreadsheets take the full-width and small forms for the plain ones.
  return formula.test(text.normalize('NFKC')) ? `'${text}` : text
}
