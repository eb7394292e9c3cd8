import type { Command } from 'commander'
import type { Definition, Grain } from '../../lib/core/index.ts'
import { chooseAggregation } from '../../lib/query/choose-aggregation.ts'
import { exportRows, exportSortedRows } from '../../lib/query/export-rows.ts'
import { parseRange } from '../../lib/query/parse-range.ts'
import { createReader } from '../../lib/query/reader.ts'
import type { ResultRow } from '../../lib/query/result-row.ts'
import { openSource } from '../open-source.ts'
import type { ReadingOptions } from '../options.ts'
import { type Cells, fullCells, fullColumns } from '../output/cells.ts'
import { writeCells } from '../output/write-cells.ts'

export interface ExportOptions extends ReadingOptions {
  readonly grain: Grain
  readonly from?: string
  readonly to?: string
  readonly unsorted?: boolean
  readonly aggregation?: string
}

export async function exportAll(
  definition: Definition,
  options: ExportOptions,
  self: Command,
): Promise<void> {
  const aggregation = chooseAggregation(definition, options.aggregation)
  await using open = await openSource(definition, self, options)
  const reader = createReader(open, aggregation, Date.now())
  const range = parseRange(reader.calendar, options.from, options.to)
  const rows = options.unsorted
    ? exportRows(reader, options.grain, range)
    : await exportSortedRows(reader, options.grain, range)
  await writeCells(options.format, cellsOf(rows), fullColumns(aggregation))
}

async function* cellsOf(
  rows: AsyncIterable<ResultRow> | Iterable<ResultRow>,
): AsyncGenerator<Cells> {
  for await (const row of rows) yield fullCells(row)
}
