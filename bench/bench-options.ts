import { InvalidArgumentError, Option } from 'commander'
import { wholeNumber } from '../cli/whole-number.ts'

export const seedOption = () =>
  new Option('--seed <n>', 'another input, of the same kind').argParser(wholeNumber(0)).default(1)

export const duplicatesOption = () =>
  new Option('--duplicates <share>', 'lines that are an earlier one again')
    .argParser(share)
    .default(0.01)

export const keepOption = () =>
  new Option('--keep', 'leave the made files for the next run').default(false)

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

/** A parser of an option that takes several whole numbers, one after the other. */
export function wholeNumbers(min: number) {
  const parse = wholeNumber(min)
  let before: readonly number[] = []
  return (text: string): readonly number[] => {
    before = [...before, parse(text)]
    return before
  }
}
