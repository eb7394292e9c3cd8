import type { Command } from 'commander'
import type { CalendarGrain, Definition } from '../../lib/core/index.ts'
import { chooseAggregation } from '../../lib/query/choose-aggregation.ts'
import { readTop } from '../../lib/query/read-top.ts'
import { createReader } from '../../lib/query/reader.ts'
import { openSource } from '../open-source.ts'
import type { ReadingOptions } from '../options.ts'
import { fullCells, fullColumns, numberCell, shortCells } from '../output/cells.ts'
import { writeCells } from '../output/write-cells.ts'

export interface TopOptions extends ReadingOptions {
  readonly grain: CalendarGrain
  readonly period: string
  readonly count: number
  readonly aggregation?: string
}

export async function top(
  definition: Definition,
  options: TopOptions,
  self: Command,
): Promise<void> {
  const aggregation = chooseAggregation(definition, options.aggregation)
  await using open = await openSource(definition, self, options)
  const reader = createReader(open, aggregation, Date.now())
  const rows = await readTop(reader, options.grain, options.period, options.count)
  const cells = options.format === 'table' ? shortCells : fullCells
  const ranked = rows.map((row, at) => [numberCell('rank', at + 1), ...cells(row)])
  await writeCells(options.format, ranked, ['rank', ...fullColumns(aggregation)])
  if (rows.length === 0) process.stderr.write(`No rows in ${options.period}.\n`)
}
