#!/usr/bin/env node
import { Command } from 'commander'
import pipeline from '../pipeline.config.ts'
import { exportCommand } from './export.ts'
import { report } from './failure.ts'
import { queryCommand } from './query.ts'
import { redriveCommand } from './redrive.ts'
import { rejectsCommand } from './rejects.ts'
import { runCommand } from './run.ts'
import { startCommand } from './start.ts'
import { statusCommand } from './status.ts'
import { topCommand } from './top.ts'
import { verifyCommand } from './verify.ts'

const commands = [
  startCommand,
  runCommand,
  queryCommand,
  topCommand,
  exportCommand,
  verifyCommand,
  rejectsCommand,
  redriveCommand,
  statusCommand,
]

const program = new Command('twofold').description(
  'Minute totals from a stream, daily, weekly and monthly totals from all history, one aggregation.',
)
for (const command of commands) program.addCommand(command(pipeline))
for (const command of [program, ...program.commands]) {
  command.exitOverride().configureOutput({ outputError: (text, write) => write(oneLine(text)) })
}

/** commander may put a suggestion on a line of its own. */
function oneLine(text: string): string {
  const [first = '', ...rest] = text.trim().split('\n')
  return `${[first.replace(/^error: /, 'twofold: '), ...rest].join(' ')} (see --help)\n`
}

// A reader that has seen enough, such as `head`, is no failure; what we started goes with us.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = report(error)
}
