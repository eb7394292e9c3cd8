import { availableParallelism } from 'node:os'
import cliProgress from 'cli-progress'
import { Command, InvalidArgumentError } from 'commander'
import { numberCell, textCell } from '../../cli/output/cells.ts'
import { tableOf } from '../../cli/output/table.ts'
import { type FaultCounts, faults, noFaults } from './faults.ts'
import { playOnThreads } from './play-on-threads.ts'
import { playSchedule } from './play-schedule.ts'

interface Options {
  readonly seeds: number
  readonly from: number
  readonly seed?: number
  readonly stopAtFirst?: boolean
}

/**
 * `npm run simulate -- --seeds 10000`: plays that many schedules on all processors and tells how
 * often each fault was injected; `--seed N` plays one again and tells what happened in it.
 */
const command = new Command('simulate')
  .description('Plays random schedules of the whole pipeline, and compares each with the oracle.')
  .option('--seeds <n>', 'how many schedules', wholeNumber, 1_000)
  .option('--from <seed>', 'the first of their seeds', wholeNumber, 0)
  .option('--seed <n>', 'plays this one again, and tells its story', wholeNumber)
  .option('--stop-at-first', 'stops at the first schedule that fails')
  .action(async (options: Options) => {
    const failed =
      options.seed === undefined ? await playMany(options) : await playOne(options.seed)
    process.exitCode = failed ? 1 : 0
  })

async function playMany({ seeds, from, stopAtFirst = false }: Options): Promise<boolean> {
  const startedMs = performance.now()
  const bar = new cliProgress.SingleBar({
    stream: process.stderr,
    format: 'schedules {bar} {value}/{total}',
    clearOnComplete: true,
  })
  if (process.stderr.isTTY) bar.start(seeds, 0)
  const counts = noFaults()
  const failedSeeds: number[] = []
  let played = 0
  let events = 0
  await playOnThreads({ from, seeds, threads: availableParallelism(), stopAtFirst }, (result) => {
    played++
    events += result.events
    for (const fault of faults) counts[fault] += result.counts[fault]
    if (result.failure !== undefined) failedSeeds.push(result.seed)
    bar.update(played)
  })
  bar.stop()
  failedSeeds.sort((a, b) => a - b)
  const [first] = failedSeeds
  if (first !== undefined) await playOne(first)
  writeCounts(counts)
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
  print(`${played} schedules with ${events} events, ${failedSeeds.length} failed, in ${seconds} s`)
  if (first !== undefined) {
    print(`failed: ${failedSeeds.slice(0, 20).join(', ')}; play one again with --seed ${first}`)
  }
  return failedSeeds.length > 0
}

/** Plays a schedule with its story, which is told where it fails. Whether it did. */
async function playOne(seed: number): Promise<boolean> {
  const { failure, story, events, simulatedMs } = await playSchedule(seed, true)
  if (failure === undefined) {
    const minutes = Math.round(simulatedMs / 60_000)
    print(`The schedule of seed ${seed} is right: ${events} events in ${minutes} simulated minutes`)
    return false
  }
  print(`The schedule of seed ${seed} failed:\n${failure.message}\n`)
  print(`What happened, where it concerns ${failure.about.join(', ')}:\n`)
  print(`${story.about(failure.about)}\n`)
  return true
}

function writeCounts(counts: FaultCounts): void {
  const rows = faults.map((fault) => {
    return [textCell('fault', fault), numberCell('injected', counts[fault])]
  })
  print(tableOf(rows))
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

await command.parseAsync()
