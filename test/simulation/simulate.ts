import { availableParallelism } from 'node:os'
import cliProgress from 'cli-progress'
import { Command, Option } from 'commander'
import { counted } from '../../cli/counted.ts'
import { exitFailed } from '../../cli/exit-codes.ts'
import { runNpmScript } from '../../cli/npm-script.ts'
import { numberCell, textCell } from '../../cli/output/cells.ts'
import { tableOf } from '../../cli/output/table.ts'
import { wholeNumber } from '../../cli/whole-number.ts'
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
  .option('--seeds <n>', 'how many schedules', wholeNumber(1), 1_000)
  .option('--from <seed>', 'the first of their seeds', wholeNumber(0), 0)
  .addOption(
    new Option('--seed <n>', 'plays this one again, and tells its story')
      .argParser(wholeNumber(0))
      .conflicts(['seeds', 'from', 'stopAtFirst']),
  )
  .option('--stop-at-first', 'stops at the first schedule that fails')
  .action(async (options: Options) => {
    const failed =
      options.seed === undefined ? await playMany(options) : await playOne(options.seed)
    if (failed) process.exitCode = exitFailed
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
  const schedules = `${counted(played, 'schedule')} with ${counted(events, 'event')}`
  print(`${schedules}, ${failedSeeds.length} failed, in ${seconds} s`)
  if (first !== undefined) {
    print(`failed: ${failedSeeds.slice(0, 20).join(', ')}; play one again with --seed ${first}`)
  }
  return failedSeeds.length > 0
}

/** Plays a schedule and tells its story. Whether it failed. */
async function playOne(seed: number): Promise<boolean> {
  const { failure, story, events, simulatedMs } = await playSchedule(seed, true)
  if (failure === undefined) {
    const minutes = counted(Math.round(simulatedMs / 60_000), 'simulated minute')
    print(`The schedule of seed ${seed} is right: ${counted(events, 'event')} in ${minutes}\n`)
    print('What happened, but for requests that went as they should:\n')
    print(`${story.about([])}\n`)
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

await runNpmScript(command)
