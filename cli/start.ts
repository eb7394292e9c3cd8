import { Command } from 'commander'
import type { Definition } from '../lib/core/index.ts'
import { maxRate } from '../local/produce.ts'
import type { StartOptions } from './actions/start.ts'
import { dataOption, zoneOption } from './options.ts'
import { wholeNumber } from './whole-number.ts'

export function startCommand(definition: Definition): Command {
  return new Command('start')
    .summary('the whole pipeline on this machine, until Ctrl-C')
    .description(
      'Runs the whole pipeline on embedded servers, with a producer of purchases: late, duplicate ' +
        'and malformed ones among them.',
    )
    .option('--rate <n>', `purchases a second, up to ${maxRate}`, wholeNumber(1, maxRate), 50)
    .option('--every <seconds>', 'seconds between rollups', wholeNumber(1), 3)
    .addOption(zoneOption())
    .addOption(dataOption())
    .action(async (options: StartOptions, self: Command) => {
      const { start } = await import('./actions/start.ts')
      await start(definition, options, self)
    })
}
