import { type Aggregation, presentState, type WindowTotal } from '../../lib/core/index.ts'
import { totalRow } from '../../lib/query/result-row.ts'
import { totalCells, totalColumns } from './cells.ts'
import type { Format } from './format.ts'
import { jsonSyntax } from './json.ts'
import { TotalTexts } from './total-texts.ts'
import { toStdout, writeCells } from './write-cells.ts'

/**
 * Writes totals to stdout, as `writeCells` writes their cells, and returns how many there were. Only
 * a table has to wait for its last row.
 */
export async function writeTotals(
  format: Format,
  aggregation: Aggregation,
  totals: Iterable<WindowTotal>,
): Promise<number> {
  let rows = 0
  const counted = function* () {
    for (const total of totals) {
      rows++
      yield total
    }
  }
  if (format === 'table') {
    const cells = Iterator.from(counted()).map(({ window, key, state }) => {
      return totalCells(totalRow(aggregation, window, key, presentState(aggregation, state)))
    })
    await writeCells(format, cells)
  } else await toStdout(inPieces(await rendered(format, aggregation, counted())))
  return rows
}

async function rendered(
  format: Exclude<Format, 'table'>,
  aggregation: Aggregation,
  totals: Iterable<WindowTotal>,
): Promise<Iterable<string>> {
  if (format === 'json') return jsonTexts(new TotalTexts(aggregation, jsonSyntax), totals)
  if (format === 'ndjson') return lineTexts(new TotalTexts(aggregation, jsonSyntax), totals)
  const { csvRecord, csvSyntax } = await import('./csv.ts')
  const header = csvRecord(totalColumns(aggregation))
  return lineTexts(new TotalTexts(aggregation, csvSyntax), totals, `${header}\n`)
}

function* lineTexts(
  texts: TotalTexts,
  totals: Iterable<WindowTotal>,
  header = '',
): Generator<string> {
  yield header
  for (const total of totals) yield `${texts.textOf(total)}\n`
}

function* jsonTexts(texts: TotalTexts, totals: Iterable<WindowTotal>): Generator<string> {
  let before = '[\n'
  for (const total of totals) {
    yield before + texts.textOf(total)
    before = ',\n'
  }
  yield before === '[\n' ? '[]\n' : '\n]\n'
}

const pieceCharacters = 64 * 1024

/** A row at a time would be a system call at a time. */
async function* inPieces(texts: Iterable<string>): AsyncGenerator<string> {
  let piece = ''
  for (const text of texts) {
    piece += text
    if (piece.length < pieceCharacters) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}
