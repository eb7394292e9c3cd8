import { Option } from 'commander'
import { wholeNumber } from './whole-number.ts'

/** `--seed`, by the clock unless told. */
export const seedOption = (description: string, nowMs: number) =>
  new Option('--seed <n>', description)
    .argParser(wholeNumber(0))
    .default(nowMs % 1_000_000, 'by the clock')
