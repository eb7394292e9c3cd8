import { Argument, Command, Option } from 'commander'
import type { Definition } from '../lib/core/index.ts'
import { type RedriveKind, redriveKinds } from '../lib/redrive/redrive-kind.ts'
import type { RedriveCommandOptions } from './actions/redrive.ts'
import { dataOption, formatOption } from './options.ts'

export function redriveCommand(definition: Definition): Command {
  return new Command('redrive')
    .summary('rejected records and failed batches put back')
    .description(
      'Puts back rejected records that pipeline.config.ts takes by now, and batches that were given ' +
        'up, counting none twice. What was put back moves from rejected/ and aws/lambda/ to ' +
        'redriven/; what is refused still stays. May be repeated at any time.\n\n' +
        'Correct the definition first; deploy it before or after. Periods are those of arrival.',
    )
    .addArgument(new Argument('[kind]', 'only these').choices(redriveKinds))
    .option('--from <period>', 'first period of arrival: a month, week, day or hour')
    .option('--to <period>', 'last period of arrival, inclusive')
    .option('--dry-run', 'write nothing, and show what would be put back')
    .addOption(dataOption())
    .addOption(new Option('--stack <name>', 'redrive in a deployed stack, in place of --data'))
    .addOption(formatOption())
    .action(
      async (kind: RedriveKind | undefined, options: RedriveCommandOptions, self: Command) => {
        const { redrive } = await import('./actions/redrive.ts')
        await redrive(definition, kind, options, self)
      },
    )
}
