import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { exitFailed } from '../../cli/exit-codes.ts'
import { runNpmScript } from '../../cli/npm-script.ts'
import { seedOption } from '../../cli/seed-option.ts'
import pipeline from '../../pipeline.config.ts'
import { loadTables } from './load-tables.ts'
import { exactWithin, promisesOf } from './promises.ts'
import { type LoadOptions, runLoad } from './run-load.ts'

/** What a load of one name is like, but for what its user may choose. */
export interface LoadKind {
  readonly name: string
  readonly description: string
  readonly minutes: number
  readonly rate: number | 'max'
  readonly load: Pick<LoadOptions, 'mix' | 'faults' | 'failures' | 'rollUpEveryMs'>
  /** All must be exact so long after the last record, where that is promised. */
  readonly withinSeconds?: number
}

interface Chosen {
  readonly minutes: number
  readonly rate: number | 'max'
  readonly seed: number
  readonly within?: number
}

/** Runs a load from the command line: figures to stdout, progress to stderr, exit code 1 on a broken promise, 2 on wrong usage. */
export async function loadCommand(kind: LoadKind): Promise<void> {
  const command = new Command(kind.name)
    .description(kind.description)
    .option('--minutes <n>', 'how long to send', positive, kind.minutes)
    .addOption(
      new Option('--rate <n>', 'records a second, or max: as many as come out again')
        .argParser(rate)
        .default(kind.rate, shownRate(kind.rate)),
    )
    .addOption(seedOption('repeats the same events and chances', Date.now()))
    .action((chosen: Chosen) => run(kind, chosen))
  if (kind.withinSeconds !== undefined) {
    const text = 'seconds from the last record until all must be exact'
    command.option('--within <n>', text, positive, kind.withinSeconds)
  }
  await runNpmScript(command)
}

async function run(kind: LoadKind, { minutes, rate, seed, within }: Chosen): Promise<void> {
  const tell = (text: string) => process.stderr.write(`${text}\n`)
  const shown = rate === 'max' ? 'the highest rate' : `${Math.round(rate)} records a second`
  const folder = await mkdtemp(join(tmpdir(), `twofold-${kind.name}-`))
  tell(`${kind.name} for ${minutes} min at ${shown}, seed ${seed}, in ${folder}`)
  const report = await runLoad({
    ...kind.load,
    definition: pipeline,
    folder,
    durationMs: minutes * 60_000,
    rate,
    seed,
    onProgress: tell,
  })
  const promised = [
    ...promisesOf(report, kind.load.faults.rates),
    ...(within === undefined ? [] : [exactWithin(report, within * 1000)]),
  ]
  process.stdout.write(loadTables(report, promised))
  if (promised.every(({ held }) => held)) {
    await rm(folder, { recursive: true })
    return
  }
  tell(`A promise was broken with seed ${seed}; the data is in ${folder}`)
  process.exitCode = exitFailed
}

function positive(text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new InvalidArgumentError('It must be a number over 0.')
  return value
}

/** As people think of it, where a second is no measure for it. */
function shownRate(rate: number | 'max'): string {
  if (rate === 'max' || Number.isInteger(rate)) return String(rate)
  return `${Math.round(rate * 60).toLocaleString('en-US')} a minute`
}

function rate(text: string): number | 'max' {
  return text === 'max' ? 'max' : positive(text)
}
