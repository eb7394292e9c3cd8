import { Command } from 'commander'
import { calendarGrains, type Definition } from '../lib/core/index.ts'
import { maxLeaders } from '../lib/rows/rollup-rows.ts'
import type { TopOptions } from './actions/top.ts'
import { addReadingOptions, aggregationOption, grainOption } from './options.ts'
import { wholeNumber } from './whole-number.ts'

export function topCommand(definition: Definition): Command {
  const command = new Command('top')
    .summary('the leaders of a period')
    .description('Shows the keys that come first in a period, by the measure that rankBy names.')
    .addOption(grainOption(calendarGrains))
    .requiredOption('--period <period>', 'such as 2010-12-01, 2010-W48 or 2010-12')
    .option('-n, --count <n>', `how many, up to ${maxLeaders}`, wholeNumber(1), 10)
    .addOption(aggregationOption())
    .action(async (options: TopOptions, self: Command) => {
      const { top } = await import('./actions/top.ts')
      await top(definition, options, self)
    })
  return addReadingOptions(command)
}
