import type { Command } from 'commander'
import { exitWrongUsage } from './exit-codes.ts'

/** Runs a command that people start with `npm run`, with the arguments of this process. */
export async function runNpmScript(command: Command): Promise<void> {
  const script = `npm run ${command.name()} --`
  command.name(script)
  for (const one of [command, ...command.commands]) {
    one
      .showHelpAfterError(`(see ${script} --help)`)
      .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : exitWrongUsage))
  }
  await command.parseAsync()
}
