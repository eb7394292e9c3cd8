import { Command } from 'commander'
import type { Definition } from '../lib/core/index.ts'
import type { RejectsOptions } from './actions/rejects.ts'
import { addReadingOptions } from './options.ts'

export function rejectsCommand(definition: Definition): Command {
  const command = new Command('rejects')
    .summary('rejected records, each with its field and reason')
    .description(
      'Shows the records that were rejected and not put back since, with the field at fault, the ' +
        'reason, and the record as it was received, of which a table shows the beginning.\n\n' +
        'Periods are those of arrival, as `redrive` takes them. The shard of a line that `run` ' +
        'could not send stands for its file, and the sequence number is that of the line.',
    )
    .option('--from <period>', 'first period of arrival: a month, week, day or hour')
    .option('--to <period>', 'last period of arrival, inclusive')
    .action(async (options: RejectsOptions, self: Command) => {
      const { rejects } = await import('./actions/rejects.ts')
      await rejects(definition, options, self)
    })
  return addReadingOptions(command)
}
