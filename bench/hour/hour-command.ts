import Table from 'cli-table3'
import { Command, Option } from 'commander'
import { wholeNumber } from '../../cli/whole-number.ts'
import { duplicatesOption, runsOption, seedOption } from '../bench-options.ts'
import { secondsCell, thousandsCell } from '../figure-cells.ts'
import { createProgressLine } from '../progress-line.ts'
import { spreadCells, spreadOf } from '../spread.ts'
import { type FoldPass, foldPass } from './fold-pass.ts'
import { inMemory, onEmbeddedServer } from './hour-places.ts'
import { type HourOptions, writeHour } from './write-hour.ts'

const head = [
  'objects in',
  's min',
  'median',
  'max',
  'K events/s',
  'processor s',
  "server's",
  'share',
]

async function main({ runs, ...options }: HourOptions & { readonly runs: number }): Promise<void> {
  const progress = createProgressLine()
  await using server = await onEmbeddedServer()
  const measured = [server, inMemory()].map((place) => ({ place, passes: [] as FoldPass[] }))
  for (const { place } of measured) {
    progress.show(`writing ${options.objects} objects to ${place.name}`)
    await writeHour(place.history, options)
  }
  // The first of each makes the compiler do its work, and does not count.
  for (let run = 0; run <= runs; run++) {
    for (const { place, passes } of measured) {
      progress.show(`${place.name}: run ${run} of ${runs}`)
      const pass = await foldPass(place, options.objects)
      if (run > 0) passes.push(pass)
    }
  }
  progress.clear()
  const table = new Table({ head, style: { head: [], border: [] } })
  for (const { place, passes } of measured) {
    table.push([place.name, ...cellsOf(options.events, passes)])
  }
  process.stdout.write(`${table}\n`)
}

function cellsOf(events: number, passes: readonly FoldPass[]): string[] {
  const seconds = spreadOf(passes.map((pass) => pass.seconds))
  const ours = spreadOf(passes.map(({ processorSeconds }) => processorSeconds)).median
  const servers = passes.flatMap(({ serverSeconds }) => serverSeconds ?? [])
  const server = servers.length === 0 ? undefined : spreadOf(servers).median
  return [
    ...spreadCells(seconds, secondsCell),
    thousandsCell(events / seconds.median),
    secondsCell(ours),
    server === undefined ? '–' : secondsCell(server),
    server === undefined ? '–' : `${((server / (server + ours)) * 100).toFixed(0)}%`,
  ]
}

/** `hour` */
export const hourCommand = () =>
  new Command('hour')
    .summary('the fold of an hour of history')
    .description(
      'An hour of history in many objects, as batches leave them, folded as the rollup does: from ' +
        "the embedded S3 server, with the server's share of the processor time, and from memory.",
    )
    .addOption(
      new Option('--events <n>', 'events of the hour').argParser(wholeNumber(1)).default(1_000_000),
    )
    .addOption(
      new Option('--objects <n>', 'objects they stand in').argParser(wholeNumber(1)).default(700),
    )
    .addOption(runsOption(5))
    .addOption(seedOption())
    .addOption(duplicatesOption())
    .action(main)
