import { Command, InvalidArgumentError, Option } from 'commander'
import { counted } from '../../cli/counted.ts'
import { exitFailed } from '../../cli/exit-codes.ts'
import { runNpmScript } from '../../cli/npm-script.ts'
import { seedOption } from '../../cli/seed-option.ts'
import { wholeNumber } from '../../cli/whole-number.ts'
import { BlockCoverage } from './block-coverage.ts'
import { findingsFolder, keepFinding } from './findings.ts'
import { type FuzzOutcome, fuzz } from './fuzz.ts'
import type { FuzzTarget } from './target.ts'
import { targets } from './targets/index.ts'
import { plantedTarget } from './targets/planted.ts'

interface Chosen {
  /** All unless told. */
  readonly target?: readonly FuzzTarget[]
  readonly seconds: number
  readonly iterations?: number
  readonly seed: number
  readonly findings: string
  readonly coverage: boolean
}

const defaultSeconds = 60
const wholeMinutes = Math.round((defaultSeconds * targets.length) / 60)
const names = targets.map(({ name }) => name).join(', ')

/** Sources of ours, and not what tests them; `planted` is there to be tested. */
const isOurs = (url: string) =>
  !url.includes('/node_modules/') && /\/(lib|functions|local|cli|fixtures)\//.test(url)

function addTarget(name: string, former: readonly FuzzTarget[] = []): readonly FuzzTarget[] {
  const found = [...targets, plantedTarget].find((target) => target.name === name)
  if (found === undefined) throw new InvalidArgumentError(`The targets are ${names}.`)
  return [...former, found]
}

async function fuzzOne(target: FuzzTarget, chosen: Chosen): Promise<FuzzOutcome> {
  const { seed, seconds, iterations } = chosen
  const coverage = chosen.coverage ? new BlockCoverage(isOurs) : undefined
  const startedMs = performance.now()
  try {
    return await fuzz(target, {
      seed,
      coverage,
      goOn: (inputs) =>
        iterations === undefined
          ? performance.now() - startedMs < seconds * 1000
          : inputs < iterations,
    })
  } finally {
    coverage?.close()
  }
}

function tell(target: FuzzTarget, outcome: FuzzOutcome, { seed, findings }: Chosen): void {
  const { inputs, kept, slowestMs, failure } = outcome
  process.stdout.write(
    `${target.name}: ${counted(inputs, 'input')}, ${kept} reached new code, ` +
      `the slowest took ${Math.ceil(slowestMs)} ms\n`,
  )
  if (failure === undefined) return
  const path = keepFinding(findings, target.name, failure.input)
  const text = JSON.stringify(Buffer.from(failure.input).toString('latin1'))
  const { error } = failure
  process.stdout.write(
    `${target.name} failed with --seed ${seed}: ${error instanceof Error ? error.stack : error}\n` +
      `The input as text: ${text}\n` +
      `In base64: ${Buffer.from(failure.input).toString('base64')}\n` +
      `It is kept in ${path}, and npm test tries it again.\n`,
  )
}

async function main(chosen: Chosen): Promise<void> {
  process.stdout.write(`seed ${chosen.seed}\n`)
  for (const target of chosen.target ?? targets) {
    const outcome = await fuzzOne(target, chosen)
    tell(target, outcome, chosen)
    if (outcome.failure) process.exitCode = exitFailed
  }
}

const command = new Command('fuzz')
  .description(
    'Tries made-up inputs on one target after the other, and keeps those that reach new code. An ' +
      'input that fails is kept, and npm test tries it again.',
  )
  .addOption(
    new Option('--target <name...>', `some of ${names} (default: all)`).argParser(addTarget),
  )
  .addOption(
    new Option('--seconds <n>', 'how long to try each target')
      .argParser(wholeNumber(1))
      .default(defaultSeconds, `${defaultSeconds}, which is ${wholeMinutes} minutes for all`),
  )
  .addOption(
    new Option(
      '--iterations <n>',
      'about how many inputs to try on each target, in place of --seconds',
    )
      .argParser(wholeNumber(1))
      .conflicts('seconds'),
  )
  .addOption(seedOption('makes the same inputs, given --iterations', Date.now()))
  .addOption(
    new Option('--findings <dir>', 'where inputs that fail are kept').default(
      findingsFolder,
      'test/fuzz/findings, where npm test looks',
    ),
  )
  .option('--no-coverage', 'does not look which code has run: more inputs, made by chance alone')
  .action(main)

await runNpmScript(command)
