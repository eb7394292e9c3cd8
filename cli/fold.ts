import { Command } from 'commander'
import type { Definition } from '../lib/core/index.ts'
import type { FoldOptions } from './actions/fold.ts'
import { aggregationOption, formatOption, grainOption, zoneOption } from './options.ts'
import { wholeNumber } from './whole-number.ts'

export function foldCommand(definition: Definition): Command {
  return new Command('fold')
    .summary('files of events to rows, with no server and nothing stored')
    .description(
      'Writes the rows that files of events come to, by key and period: those of `run` and `export`, ' +
        'with no server, and nothing is stored.\n\n' +
        'Files are NDJSON, plain, gzip or zstd.',
    )
    .argument('<file...>', 'files of events; - for standard input')
    .addOption(grainOption(['minute', 'day', 'week', 'month'], 'day'))
    .addOption(zoneOption())
    .addOption(aggregationOption())
    .option('--no-dedup', 'count every event, also where its id has come before in its hour')
    .option(
      '--threads [n]',
      'fold by so many threads, or by all cores (default: 1)',
      wholeNumber(1),
    )
    .addOption(formatOption('ndjson'))
    .action(async (files: readonly string[], options: FoldOptions) => {
      const { fold } = await import('./actions/fold.ts')
      await fold(definition, files, options)
    })
}
