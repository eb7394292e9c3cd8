import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { wholeNumber } from '../../cli/whole-number.ts'
import {
  duplicatesOption,
  keepOption,
  pinOption,
  runsOption,
  seedOption,
} from '../bench-options.ts'
import { createProgressLine } from '../progress-line.ts'
import { benchFolder, purchaseFile } from '../purchase-file.ts'
import { contenders } from './contender.ts'
import { foldCases } from './fold-case.ts'
import { measuredTable, publishedTable } from './fold-tables.ts'
import { type MeasuredCase, measureCase } from './measure-case.ts'

interface FoldOptions {
  readonly events: number
  readonly seed: number
  readonly duplicates: number
  readonly keep: boolean
  readonly runs: number
  readonly threads: number
  readonly case: readonly string[]
  readonly pin: boolean
}

async function main({ events, seed, duplicates, keep, ...options }: FoldOptions): Promise<void> {
  const progress = createProgressLine()
  progress.show(`making ${events} events`)
  const file = await purchaseFile({ events, seed, duplicates })
  const outputFile = join(benchFolder, `rows-${process.pid}.csv`)
  const measured: MeasuredCase[] = []
  try {
    const setting = {
      ...options,
      ...{ file, outputFile, onProgress: progress.show },
      contenders: await contenders(),
    }
    for (const of of foldCases.filter(({ name }) => options.case.includes(name))) {
      measured.push(await measureCase(of, setting))
    }
  } finally {
    progress.clear()
    await rm(outputFile, { force: true })
    if (!keep) await file.remove()
  }
  const size = `${events} events, ${(file.totals.bytes / events).toFixed(1)} bytes a line`
  process.stdout.write(`${size}, rows the same for all\n${measuredTable(events, measured)}\n`)
  process.stdout.write(`${publishedTable(events, measured)}\n`)
}

const names = foldCases.map(({ name }) => name)

/** `fold` */
export const foldCommand = () =>
  new Command('fold')
    .summary('twofold fold beside DuckDB and ClickHouse')
    .description(
      'Whole commands from a file of events to a CSV of rows, by twofold and by others that are ' +
        'there, in turn. Times count once all have come to the same rows.',
    )
    .addOption(
      new Option('--events <n>', 'lines of input').argParser(wholeNumber(1)).default(10_000_000),
    )
    .addOption(runsOption(5))
    .addOption(new Option('--threads <n>', 'threads for each').argParser(wholeNumber(1)).default(1))
    .addOption(new Option('--case <name...>', 'only some').choices(names).default(names, 'all'))
    .addOption(pinOption().conflicts('threads'))
    .addOption(seedOption())
    .addOption(duplicatesOption())
    .addOption(keepOption())
    .action(main)
