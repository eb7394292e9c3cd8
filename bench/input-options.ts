import { type Command, InvalidArgumentError, Option } from 'commander'
import { wholeNumber } from '../cli/whole-number.ts'

/** What made input is made by. */
export interface InputOptions {
  readonly seed: number
  readonly duplicates: number
  /** Whether made files stay for the next run. */
  readonly keep: boolean
}

export function addInputOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--seed <n>', 'another input, of the same kind')
        .argParser(wholeNumber(0))
        .default(1),
    )
    .addOption(
      new Option('--duplicates <share>', 'lines that are an earlier one again')
        .argParser(share)
        .default(0.01),
    )
    .option('--keep', 'leave the made files for the next run', false)
}

export const runsOption = (runs: number) =>
  new Option('--runs <n>', 'how often each is measured').argParser(wholeNumber(1)).default(runs)

export const pinOption = () =>
  new Option('--pin', 'keep all on one core, by taskset (Linux)').default(false)

function share(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0 && value < 1)) {
    throw new InvalidArgumentError('It must be a number from 0 to below 1.')
  }
  return value
}
