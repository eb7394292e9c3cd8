import Table from 'cli-table3'
import { Command, Option } from 'commander'
import { wholeNumber } from '../../cli/whole-number.ts'
import pipeline from '../../pipeline.config.ts'
import { pinOption, runsOption, seedOption } from '../bench-options.ts'
import { thousandsCell } from '../figure-cells.ts'
import { pinThisProcess } from '../one-core.ts'
import { createProgressLine } from '../progress-line.ts'
import { spreadCells, spreadOf } from '../spread.ts'
import { invocationShapes, invocations } from './invocations.ts'
import { type StreamPass, streamPass } from './stream-pass.ts'

interface StreamOptions {
  readonly events: number
  readonly runs: number
  readonly seed: number
  readonly pin: boolean
}

const head = ['records, events a batch', 'K events/s min', 'median', 'max', 'by processor time']
const steps = ['µs: unpack', 'decode', 'fold', 'history']

async function main({ events, runs, seed, pin }: StreamOptions): Promise<void> {
  if (pin) await pinThisProcess()
  const progress = createProgressLine()
  const table = new Table({ head: [...head, ...steps], style: { head: [], border: [] } })
  for (const shape of invocationShapes) {
    progress.show(`${shape.name}: making ${events} events`)
    const batches = await invocations(shape, events, seed)
    // The first makes the compiler do its work, and does not count.
    await streamPass(pipeline, batches)
    const passes: StreamPass[] = []
    for (let run = 1; run <= runs; run++) {
      progress.show(`${shape.name}: run ${run} of ${runs}`)
      passes.push(await streamPass(pipeline, batches))
    }
    table.push([shape.name, ...cellsOf(passes)])
  }
  progress.clear()
  process.stdout.write(`${table}\n`)
}

function cellsOf(passes: readonly StreamPass[]): string[] {
  const medianOf = (of: (pass: StreamPass) => number) => spreadOf(passes.map(of)).median
  const rates = spreadOf(passes.map(({ events, ms }) => (events / ms) * 1000))
  const perEvent = (of: (pass: StreamPass) => number) =>
    medianOf((pass) => (of(pass) * 1000) / pass.events).toFixed(2)
  return [
    ...spreadCells(rates, thousandsCell),
    thousandsCell(medianOf(({ events, processorMs }) => (events / processorMs) * 1000)),
    perEvent(({ unpackMs }) => unpackMs),
    perEvent(({ decodeMs }) => decodeMs),
    perEvent(({ foldMs }) => foldMs),
    perEvent(({ historyMs }) => historyMs),
  ]
}

/** `stream` */
export const streamCommand = () =>
  new Command('stream')
    .summary('the stream function without what is behind its stores')
    .description(
      'Batches of records, as Lambda hands them over, through the stream function: unpacked, ' +
        'decoded, folded, and encoded for history, which is put nowhere. Rows are not written.',
    )
    .addOption(
      new Option('--events <n>', 'events in all batches')
        .argParser(wholeNumber(1))
        .default(200_000),
    )
    .addOption(runsOption(5))
    .addOption(seedOption())
    .addOption(pinOption())
    .action(main)
