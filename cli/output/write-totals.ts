import {
  type Aggregation,
  hasOnlyNumbers,
  presentState,
  type TotalSyntax,
  type WindowFold,
} from '../../lib/core/index.ts'
import { totalRow } from '../../lib/query/result-row.ts'
import { totalCells, totalColumns } from './cells.ts'
import type { Format } from './format.ts'
import { jsonSyntax } from './json.ts'
import { totalSyntax } from './total-syntax.ts'
import { toStdout, writeCells } from './write-cells.ts'

type Totals = Pick<WindowFold, 'totals' | 'texts'>

/**
 * Writes totals to stdout, as `writeCells` writes their cells, and returns how many there were. Only
 * a table has to wait for its last row. There may be millions of them, so that their text is made by
 * the fold, where all measures are numbers.
 */
export async function writeTotals(
  format: Format,
  aggregation: Aggregation,
  fold: Totals,
): Promise<number> {
  let rows = 0
  if (format === 'table' || !hasOnlyNumbers(aggregation)) {
    const cells = Iterator.from(fold.totals()).map(({ window, key, state }) => {
      rows++
      return totalCells(totalRow(aggregation, window, key, presentState(aggregation, state)))
    })
    await writeCells(format, cells, totalColumns(aggregation))
    return rows
  }
  const { begin, syntax, end } = await framed[format](aggregation)
  const texts = function* () {
    if (begin !== '') yield Buffer.from(begin)
    for (const { text, totals } of fold.texts(syntax)) {
      // The array's own bracket stands where other rows have a comma.
      yield format === 'json' && rows === 0 ? Buffer.from(`[${decode(text).slice(1)}`) : text
      rows += totals
    }
    yield Buffer.from(end(rows))
  }
  await toStdout(inPieces(texts()))
  return rows
}

const decode = (text: Uint8Array) => Buffer.from(text).toString()

/** How rows are written, and what stands before the first and behind the last. */
interface Frame {
  readonly begin: string
  readonly syntax: TotalSyntax
  end(rows: number): string
}

const line = { before: '', after: '\n' }

const framed: Record<Exclude<Format, 'table'>, (aggregation: Aggregation) => Promise<Frame>> = {
  async json(aggregation) {
    const syntax = totalSyntax(aggregation, jsonSyntax, { before: ',\n', after: '' })
    return { begin: '', syntax, end: (rows) => (rows === 0 ? '[]\n' : '\n]\n') }
  },

  async ndjson(aggregation) {
    return { begin: '', syntax: totalSyntax(aggregation, jsonSyntax, line), end: () => '' }
  },

  async csv(aggregation) {
    const { csvRecord, csvSyntax } = await import('./csv.ts')
    const begin = `${csvRecord(totalColumns(aggregation))}\n`
    return { begin, syntax: totalSyntax(aggregation, csvSyntax, line), end: () => '' }
  },
}

const pieceBytes = 256 * 1024

/** Copies texts to larger ones: a row at a time would be a system call at a time. */
async function* inPieces(texts: Iterable<Uint8Array>): AsyncGenerator<Buffer> {
  let piece = Buffer.allocUnsafeSlow(pieceBytes)
  let length = 0
  for (const text of texts) {
    if (length + text.length > piece.length) {
      if (length > 0) yield piece.subarray(0, length)
      piece = Buffer.allocUnsafeSlow(Math.max(pieceBytes, text.length))
      length = 0
    }
    piece.set(text, length)
    length += text.length
  }
  if (length > 0) yield piece.subarray(0, length)
}
