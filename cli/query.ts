import { Command } from 'commander'
import type { Definition } from '../lib/core/index.ts'
import type { QueryOptions } from './actions/query.ts'
import { addKeyOptions } from './key-options.ts'
import { addReadingOptions, aggregationOption, grainOption } from './options.ts'

export function queryCommand(definition: Definition): Command {
  const [first] = definition.aggregations
  const keyNames = first?.keyFields.map(({ name }) => `<${name}>`).join(' ') ?? '<values...>'
  const command = new Command('query')
    .summary("one key's rows")
    .description(
      "Shows one key's rows of a grain, in order of time.\n\n" +
        `A key of several fields is given in their order, --key ${keyNames}, or each by its name, ` +
        'or both: --key takes the fields that have not been named.',
    )
    .addOption(grainOption(['minute', 'day', 'week', 'month']))
    .option(
      '--from <period>',
      'first period: a month, week, day, hour or minute; minutes need it, and end 31 days later',
    )
    .option('--to <period>', 'last period, inclusive')
    .option('--fill', 'show periods without events too')
    .addOption(aggregationOption())
    .action(async (options: QueryOptions, self: Command) => {
      const { query } = await import('./actions/query.ts')
      await query(definition, options, self)
    })
  return addKeyOptions(addReadingOptions(command), definition)
}
