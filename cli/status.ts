import { Command } from 'commander'
import type { Definition } from '../lib/core/index.ts'
import { readStatus } from '../lib/query/read-status.ts'
import { openSource } from './open-source.ts'
import { addReadingOptions, type ReadingOptions } from './options.ts'
import { writeStatus } from './output/status-sections.ts'

export function statusCommand(definition: Definition): Command {
  const command = new Command('status')
    .summary('shards, changed hours, last runs, rejects')
    .description(
      'Shows how far the stream is, what waits for the rollup, what it last did and which lines of ' +
        'history it left out, what was rejected in the last day, and the batches that were given up ' +
        'and wait for a redrive.',
    )
    .action(async (options: ReadingOptions, self: Command) => {
      await using open = await openSource(definition, self, options)
      const status = await readStatus(open.stores, definition, Date.now())
      await writeStatus(options.format, {
        data: options.stack ?? options.data,
        timeZone: open.timeZone,
        running: open.running ?? null,
        ...status,
      })
    })
  return addReadingOptions(command)
}
