import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import type { Definition } from '../lib/core/index.ts'
import { exportCommand } from './export.ts'
import { Failure } from './failure.ts'
import { foldCommand } from './fold.ts'
import { loadDefinition } from './load-definition.ts'
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
  foldCommand,
  verifyCommand,
  rejectsCommand,
  redriveCommand,
  statusCommand,
]

/** Enough for `--help`, which has to work while the definition has a mistake. */
const noDefinition: Pick<Definition, 'aggregations'> = { aggregations: [] }

/** Runs the command that this process was started with. Throws whatever is to be reported. */
export async function runProgram(): Promise<void> {
  const definition = await loadDefinition()
  const isBroken = definition instanceof Failure
  const program = createProgram(isBroken ? (noDefinition as Definition) : definition)
  if (isBroken) {
    for (const command of [program, ...program.commands]) {
      command.configureOutput({ outputError() {} })
    }
    program.hook('preAction', () => {
      throw definition
    })
  }
  try {
    await program.parseAsync()
  } catch (error) {
    // Options that the definition makes are not known without it, so it is what is at fault.
    const isHelp = error instanceof CommanderError && error.exitCode === 0
    throw isBroken && !isHelp ? definition : error
  }
}

function createProgram(definition: Definition): Command {
  const program = new Command('twofold')
    .description(
      'Minute totals from a stream, daily, weekly and monthly totals from all history, one aggregation.',
    )
    .version(version(), '--version', 'the version of Twofold')
  for (const command of commands) program.addCommand(command(definition))
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ outputError: (text, write) => write(oneLine(text)) })
  }
  return program
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { readonly version: string }).version
}

/** commander may put a suggestion on a line of its own. */
function oneLine(text: string): string {
  const [first = '', ...rest] = text.trim().split('\n')
  return `${[first.replace(/^error: /, 'twofold: '), ...rest].join(' ')} (see --help)\n`
}
