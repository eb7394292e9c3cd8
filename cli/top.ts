import { Command } from 'commander'
import { type CalendarGrain, calendarGrains, type Pipeline } from '../lib/core/index.ts'
import { readTop } from '../lib/query/read-top.ts'
import { maxLeaders } from '../lib/rows/rollup-rows.ts'
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
import { fullCells, fullColumns, numberCell, shortCells } from './output/cells.ts'
import { writeCells } from './output/write-cells.ts'
import { wholeNumber } from './whole-number.ts'

interface TopOptions extends OutputOptions {
  readonly grain: CalendarGrain
  readonly period: string
  readonly count: number
  readonly aggregation?: string
}

export function topCommand(pipeline: Pipeline): Command {
  return new Command('top')
    .summary('the leaders of a period')
    .description('Shows the keys that come first in a period, by the measure that rankBy names.')
    .addOption(grainOption(calendarGrains))
    .requiredOption('--period <period>', 'such as 2010-12-01, 2010-W48 or 2010-12')
    .option('-n, --count <n>', `how many, up to ${maxLeaders}`, wholeNumber(1), 10)
    .addOption(aggregationOption())
    .addOption(zoneOption())
    .addOption(dataOption())
    .addOption(stackOption())
    .addOption(formatOption())
    .action(async (options: TopOptions) => {
      const aggregation = chooseAggregation(pipeline, options.aggregation)
      await withData(pipeline, 'twofold top', options, async (open) => {
        const reader = readerOf(open, aggregation)
        const rows = await readTop(reader, options.grain, options.period, options.count)
        const cells = options.format === 'table' ? shortCells : fullCells
        const ranked = rows.map((row, at) => [numberCell('rank', at + 1), ...cells(row)])
        await writeCells(options.format, ranked, ['rank', ...fullColumns(aggregation)])
        if (rows.length === 0) process.stderr.write(`No rows in ${options.period}.\n`)
      })
    })
}
