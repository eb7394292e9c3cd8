import { Command } from 'commander'
import type { Definition } from '../lib/core/index.ts'
import type { VerifyOptions } from './actions/verify.ts'
import { addReadingOptions, aggregationOption } from './options.ts'

export function verifyCommand(definition: Definition): Command {
  const command = new Command('verify')
    .summary('minute rows compared with history')
    .description(
      'Folds history, compares every key and minute of it with the minute rows that readers see, ' +
        'and explains each difference. Ends with exit code 1 where one is not explained, or where ' +
        'something stored is damaged.\n\n' +
        'Whole hours (UTC) are compared, each by itself: those that --from and --to touch, or all ' +
        'that minute rows are kept for. Hours whose minute rows are past their retention are only ' +
        'counted.',
    )
    .option('--from <period>', 'first period: a month, week, day, hour or minute')
    .option('--to <period>', 'last period, inclusive')
    .option('--unexplained', 'list only the differences that nothing explains')
    .addOption(aggregationOption('all'))
    .action(async (options: VerifyOptions, self: Command) => {
      const { verify } = await import('./actions/verify.ts')
      await verify(definition, options, self)
    })
  return addReadingOptions(command)
}
