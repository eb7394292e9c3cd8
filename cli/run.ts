import { Command, Option } from 'commander'
import type { Definition } from '../lib/core/index.ts'
import type { RunOptions } from './actions/run.ts'
import { dataOption, formatOption, zoneOption } from './options.ts'

export function runCommand(definition: Definition): Command {
  return new Command('run')
    .summary('files of events through the whole pipeline')
    .description(
      'Sends the lines of files through the stream, the stream function and the rollup, to the ' +
        'end, and leaves the rows for query, top and export.\n\n' +
        'Files are NDJSON, plain or gzip. Sending a file again changes no row of hours that are over.',
    )
    .addOption(new Option('--input <file...>', 'files of events').makeOptionMandatory())
    .addOption(zoneOption())
    .addOption(dataOption())
    .addOption(formatOption())
    .action(async (options: RunOptions, self: Command) => {
      const { run } = await import('./actions/run.ts')
      await run(definition, options, self)
    })
}
