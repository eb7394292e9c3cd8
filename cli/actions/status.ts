import type { Command } from 'commander'
import type { Definition } from '../../lib/core/index.ts'
import { readStatus } from '../../lib/query/read-status.ts'
import { openSource } from '../open-source.ts'
import type { ReadingOptions } from '../options.ts'
import { writeStatus } from '../output/status-sections.ts'

export async function status(
  definition: Definition,
  options: ReadingOptions,
  self: Command,
): Promise<void> {
  await using open = await openSource(definition, self, options)
  const read = await readStatus(open.stores, definition, Date.now())
  await writeStatus(options.format, {
    data: options.stack ?? options.data,
    timeZone: open.timeZone,
    running: open.running ?? null,
    ...read,
  })
}
