import { Command } from 'commander'
import { type CalendarGrain, calendarGrains, type Definition } from '../lib/core/index.ts'
import { chooseAggregation } from '../lib/query/choose-aggregation.ts'
import { readTop } from '../lib/query/read-top.ts'
import { createReader } from '../lib/query/reader.ts'
import { maxLeaders } from '../lib/rows/rollup-rows.ts'
import { openSource } from './open-source.ts'
import {
  addReadingOptions,
  aggregationOption,
  grainOption,
  type ReadingOptions,
} from './options.ts'
import { fullCells, fullColumns, numberCell, shortCells } from './output/cells.ts'
import { writeCells } from './output/write-cells.ts'
import { wholeNumber } from './whole-number.ts'

interface TopOptions extends ReadingOptions {
  readonly grain: CalendarGrain
  readonly period: string
  readonly count: number
  readonly aggregation?: string
}

export function topCommand(definition: Definition): Command {
  const command = new Command('top')
    .summary('the leaders of a period')
    .description('Shows the keys that come first in a period, by the measure that rankBy names.')
    .addOption(grainOption(calendarGrains))
    .requiredOption('--period <period>', 'such as 2010-12-01, 2010-W48 or 2010-12')
    .option('-n, --count <n>', `how many, up to ${maxLeaders}`, wholeNumber(1), 10)
    .addOption(aggregationOption())
    .action((options: TopOptions, self: Command) => top(definition, options, self))
  return addReadingOptions(command)
}

async function top(definition: Definition, options: TopOptions, self: Command): Promise<void> {
  const aggregation = chooseAggregation(definition, options.aggregation)
  await using open = await openSource(definition, self, options)
  const reader = createReader(open, aggregation, Date.now())
  const rows = await readTop(reader, options.grain, options.period, options.count)
  const cells = options.format === 'table' ? shortCells : fullCells
  const ranked = rows.map((row, at) => [numberCell('rank', at + 1), ...cells(row)])
  await writeCells(options.format, ranked, ['rank', ...fullColumns(aggregation)])
  if (rows.length === 0) process.stderr.write(`No rows in ${options.period}.\n`)
}
