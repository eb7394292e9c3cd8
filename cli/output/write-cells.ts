import { once } from 'node:events'
import { escapeSteering } from '../../lib/core/index.ts'
import type { Cells } from './cells.ts'
import type { Format } from './format.ts'
import { jsonOf } from './json.ts'

type Lines = AsyncIterable<Cells> | Iterable<Cells>

/**
 * Writes lines of output to stdout. Only a table has to wait for its last line. `columns` are what a
 * CSV without lines is headed by.
 */
export async function writeCells(
  format: Format,
  lines: Lines,
  columns: readonly string[] = [],
): Promise<void> {
  await toStdout(rendered[format](lines, columns))
}

type Rendered = (lines: Lines, columns: readonly string[]) => AsyncIterable<string>

const rendered: Record<Format, Rendered> = {
  async *table(lines) {
    const { tableOf } = await import('./table.ts')
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

  async *csv(lines, columns) {
    const { csvOf } = await import('./csv.ts')
    yield* csvOf(lines, columns)
  },
}

/** Writes pieces of text, each of whole characters, as fast as they are taken. */
export async function toStdout(text: AsyncIterable<string | Buffer>): Promise<void> {
  const { isTTY } = process.stdout
  for await (const piece of text) {
    const shown = isTTY ? withoutSteering(piece.toString()) : piece
    if (!process.stdout.write(shown)) await once(process.stdout, 'drain')
  }
}

/** CSV has no escapes, so a program gets texts as they are, and only a terminal does not. */
function withoutSteering(piece: string): string {
  return piece.split('\n').map(escapeSteering).join('\n')
}
