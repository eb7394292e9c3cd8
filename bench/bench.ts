/** How fast, how large: `npm run bench -- fold|stream|hour|growth|bundles` */
import { Command } from 'commander'
import { runNpmScript } from '../cli/npm-script.ts'
import { bundlesCommand } from './bundle-size.ts'
import { foldCommand } from './fold/fold-command.ts'
import { growthCommand } from './growth/growth-command.ts'
import { hourCommand } from './hour/hour-command.ts'
import { streamCommand } from './stream/stream-command.ts'

const command = new Command('bench').description(
  'Measures what Twofold takes: of time, of memory, and of a cold start. Only ratios within one ' +
    'run are worth comparing.',
)
for (const make of [foldCommand, streamCommand, hourCommand, growthCommand, bundlesCommand])
  command.addCommand(make())

await runNpmScript(command)
