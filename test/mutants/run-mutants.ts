import { Command, InvalidArgumentError, Option } from 'commander'
import { exitFailed } from '../../cli/exit-codes.ts'
import { runNpmScript } from '../../cli/npm-script.ts'
import { wholeNumber } from '../../cli/whole-number.ts'
import type { Mutant } from './mutant.ts'
import { mutants } from './mutants.ts'
import { tryMutants } from './try-mutants.ts'

interface Options {
  readonly seeds: number
  readonly only?: readonly Mutant[]
  readonly stories?: boolean
}

function named(text: string): readonly Mutant[] {
  const found = mutants.filter(({ name }) => name.includes(text))
  if (found.length > 0) return found
  const names = mutants.map(({ name }) => `  ${name}`).join('\n')
  throw new InvalidArgumentError(`No mutant's name holds it; there are:\n${names}`)
}

/**
 * `npm run mutants`: breaks one promise after the other in a copy of the sources, and demands that
 * it is noticed. Exit code 1 where one is not.
 */
const command = new Command('mutants')
  .description(
    'Breaks one promise of the pipeline after the other in a copy of the sources, and demands that ' +
      'the simulation notices, or the comparison of the engine with its reference.',
  )
  .option('--seeds <n>', 'schedules that a mutant has to be caught in', wholeNumber(1), 1_000)
  .addOption(new Option('--only <text>', 'only mutants whose name holds this').argParser(named))
  .option('--stories', 'tells the whole story of each first failing schedule')
  .action(async ({ seeds, only = mutants, stories = false }: Options) => {
    const print = (text: string) => process.stdout.write(`${text}\n`)
    const survived = await tryMutants(only, { seeds, stories, print })
    if (survived > 0) process.exitCode = exitFailed
  })

await runNpmScript(command)
