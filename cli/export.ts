import { Command } from 'commander'
import type { Definition } from '../lib/core/index.ts'
import type { ExportOptions } from './actions/export.ts'
import { addReadingOptions, aggregationOption, grainOption } from './options.ts'

export function exportCommand(definition: Definition): Command {
  const command = new Command('export')
    .summary("every key's rows")
    .description("Writes every key's rows of a grain, by period and key.")
    .addOption(grainOption(['minute', 'day', 'week', 'month']))
    .option('--from <period>', 'first period: a month, week, day, hour or minute')
    .option('--to <period>', 'last period, inclusive')
    .option('--unsorted', 'write rows as they are read, in memory that does not grow with them')
    .addOption(aggregationOption())
    .action(async (options: ExportOptions, self: Command) => {
      const { exportAll } = await import('./actions/export.ts')
      await exportAll(definition, options, self)
    })
  return addReadingOptions(command, 'ndjson')
}
