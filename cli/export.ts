import { Command } from 'commander'
import type { Grain, Pipeline } from '../lib/core/index.ts'
import { exportRows } from '../lib/query/export-rows.ts'
import { parseRange } from '../lib/query/parse-range.ts'
import type { ResultRow } from '../lib/query/result-row.ts'
import { chooseAggregation, readerOf, withData } from './open-data.ts'
import {
  aggregationOption,
  dataOption,
  formatOption,
  grainOption,
  type OutputOptions,
  stackOption,
  zoneOption,
} from './options.ts'
import { type Cells, fullCells, fullColumns } from './output/cells.ts'
import { writeCells } from './output/write-cells.ts'

interface ExportOptions extends OutputOptions {
  readonly grain: Grain
  readonly from?: string
  readonly to?: string
  readonly unsorted?: boolean
  readonly aggregation?: string
}

export function exportCommand(pipeline: Pipeline): Command {
  return new Command('export')
    .summary("every key's rows")
    .description("Writes every key's rows of a grain, by period and key.")
    .addOption(grainOption(['minute', 'day', 'week', 'month']))
    .option('--from <period>', 'first period: a month, week, day, hour or minute')
    .option('--to <period>', 'last period, inclusive')
    .option('--unsorted', 'write rows as they are read, in memory that does not grow with them')
    .addOption(aggregationOption())
    .addOption(zoneOption())
    .addOption(dataOption())
    .addOption(stackOption())
    .addOption(formatOption('ndjson'))
    .action(async (options: ExportOptions) => {
      const aggregation = chooseAggregation(pipeline, options.aggregation)
      await withData(pipeline, 'twofold export', options, async (open) => {
        const reader = readerOf(open, aggregation)
        const range = parseRange(reader.calendar, options.from, options.to)
        const rows = exportRows(reader, options.grain, range)
        const lines = cellsOf(options.unsorted ? rows : sorted(rows))
        await writeCells(options.format, lines, fullColumns(aggregation))
      })
    })
}

async function* cellsOf(rows: AsyncIterable<ResultRow>): AsyncGenerator<Cells> {
  for await (const row of rows) yield fullCells(row)
}

async function* sorted(rows: AsyncIterable<ResultRow>): AsyncGenerator<ResultRow> {
  const all: { sortKey: string; row: ResultRow }[] = []
  for await (const row of rows) {
    const key = row.key.map(({ value }) => value ?? '').join('\u0000')
    all.push({ sortKey: `${row.period}\u0000${key}`, row })
  }
  all.sort((a, b) => (a.sortKey < b.sortKey ? -1 : 1))
  for (const { row } of all) yield row
}
