import { Command } from 'commander'
import type { Definition } from '../lib/core/index.ts'
import { addReadingOptions, type ReadingOptions } from './options.ts'

export function statusCommand(definition: Definition): Command {
  const command = new Command('status')
    .summary('shards, changed hours, last runs, rejects')
    .description(
      'Shows how far the stream is, what waits for the rollup, what it last did and which lines of ' +
        'history it left out, what was rejected in the last day, and the batches that were given up ' +
        'and wait for a redrive.',
    )
    .action(async (options: ReadingOptions, self: Command) => {
      const { status } = await import('./actions/status.ts')
      await status(definition, options, self)
    })
  return addReadingOptions(command)
}
