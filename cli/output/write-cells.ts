import { once } from 'node:events'
import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify'
import type { Cells } from './cells.ts'
import { jsonOf } from './json.ts'
import { tableOf } from './table.ts'

export const formats = ['table', 'json', 'ndjson', 'csv'] as const

export type Format = (typeof formats)[number]

type Lines = AsyncIterable<Cells> | Iterable<Cells>

/** Writes lines of output to stdout. Only a table has to wait for its last line. */
export async function writeCells(format: Format, lines: Lines): Promise<void> {
  await toStdout(rendered[format](lines))
}

const rendered: Record<Format, (lines: Lines) => AsyncIterable<string>> = {
  async *table(lines) {
    const all: Cells[] = []
    for await (const cells of lines) all.push(cells)
    yield tableOf(all)
  },

  async *json(lines) {
    let before = '[\n'
    for await (const cells of lines) {
      yield `${before}${jsonOf(cells)}`
      before = ',\n'
    }
    yield before === '[\n' ? '[]\n' : '\n]\n'
  },

  async *ndjson(lines) {
    for await (const cells of lines) yield `${jsonOf(cells)}\n`
  },

  async *csv(lines) {
    yield* Readable.from(withHeader(lines)).pipe(csvWriter())
  },
}

async function* withHeader(lines: Lines): AsyncGenerator<unknown[]> {
  let first = true
  for await (const cells of lines) {
    if (first) yield cells.map(({ name }) => name)
    first = false
    yield cells.map(({ kind, value }) => (kind === 'number' ? { exact: value } : value))
  }
}

/**
 * Texts that a spreadsheet would run as a formula get a `'` before them (OWASP, CSV Injection).
 * Numbers, whose minus sign would look like one, are left alone.
 */
function csvWriter() {
  return stringify({
    escape_formulas: true,
    cast: {
      object: (value) => ({ value: String(value.exact ?? ''), escape_formulas: false }),
    },
  })
}

async function toStdout(text: AsyncIterable<string>): Promise<void> {
  for await (const piece of text) {
    if (!process.stdout.write(piece)) await once(process.stdout, 'drain')
  }
}
