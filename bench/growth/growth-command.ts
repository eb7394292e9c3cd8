import Table from 'cli-table3'
import { Command, Option } from 'commander'
import {
  duplicatesOption,
  keepOption,
  runsOption,
  seedOption,
  wholeNumbers,
} from '../bench-options.ts'
import { megabytesCell, secondsCell, thousandsCell } from '../figure-cells.ts'
import { createProgressLine } from '../progress-line.ts'
import { spreadCells, spreadOf } from '../spread.ts'
import { measureLateEvent } from './measure-late-event.ts'
import { type MeasuredSize, measureSizes, type SizesOptions } from './measure-sizes.ts'

interface GrowthOptions extends Omit<SizesOptions, 'onProgress'> {
  readonly hours: readonly number[]
}

/** Few, so that what is measured is what grows with the hours. */
const eventsPerHour = 20

const style = { head: [], border: [] }

async function main({ hours, ...options }: GrowthOptions): Promise<void> {
  const { runs, seed } = options
  const progress = createProgressLine()
  const sizes = await measureSizes({ ...options, onProgress: progress.show })
  const head = ['hours of history', 's min', 'median', 'max']
  const late = new Table({ head, style })
  for (const some of hours) {
    progress.show(`a late event with ${some} hours of history`)
    const seconds = await measureLateEvent({ hours: some, eventsPerHour, runs, seed })
    late.push([some, ...spreadCells(spreadOf(seconds), secondsCell)])
  }
  progress.clear()
  process.stdout.write(`${sizesTable(sizes)}\nA rollup for one late event\n${late}\n`)
}

function sizesTable(sizes: readonly MeasuredSize[]): string {
  const head = ['case', 'events', 's min', 'median', 'max', 'K events/s', 'MB', 'bytes an event']
  const table = new Table({ head, style })
  for (const { events, of, costs } of sizes) {
    const seconds = spreadOf(costs.map((cost) => cost.seconds))
    const peaks = costs.flatMap(({ peakBytes }) => peakBytes ?? [])
    const peak = peaks.length === 0 ? undefined : Math.max(...peaks)
    table.push([
      ...[of.name, events],
      ...spreadCells(seconds, secondsCell),
      thousandsCell(events / seconds.median),
      megabytesCell(peak),
      peak === undefined ? '–' : (peak / events).toFixed(1),
    ])
  }
  return table.toString()
}

const million = 1_000_000

/** `growth` */
export const growthCommand = () =>
  new Command('growth')
    .summary('time and memory by the size of the input')
    .description(
      'Time and peak memory of `twofold fold` by the events in the file, and the time of a rollup ' +
        'for one late event by the hours of history that there are, in memory.',
    )
    .addOption(
      new Option('--sizes <n...>', 'events in a file')
        .argParser(wholeNumbers(1))
        .default([million, 2 * million, 5 * million, 10 * million, 20 * million]),
    )
    .addOption(
      new Option('--hours <n...>', 'hours of history')
        .argParser(wholeNumbers(1))
        .default([10, 1_000]),
    )
    .addOption(runsOption(3))
    .addOption(seedOption())
    .addOption(duplicatesOption())
    .addOption(keepOption())
    .action(main)
