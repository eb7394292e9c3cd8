import { parseArgs } from 'node:util'
import { BlockCoverage } from './block-coverage.ts'
import { findingsFolder, keepFinding } from './findings.ts'
import { type FuzzOutcome, fuzz } from './fuzz.ts'
import type { FuzzTarget } from './target.ts'
import { targets } from './targets/index.ts'
import { plantedTarget } from './targets/planted.ts'

const usage = `npm run fuzz -- [--target NAME]… [--seconds 60 | --iterations N] [--seed N]

Tries made-up inputs on each target (${targets.map(({ name }) => name).join(', ')})
and keeps those that reach new code. An input that fails is kept under test/fuzz/findings, where
npm test tries it again.
`

const { values } = parseArgs({
  options: {
    target: { type: 'string', multiple: true },
    seconds: { type: 'string', default: '60' },
    iterations: { type: 'string' },
    seed: { type: 'string' },
    findings: { type: 'string', default: findingsFolder },
    'no-coverage': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const number = (text: string, name: string): number => {
  if (!/^\d{1,10}$/.test(text)) throw new Error(`--${name} takes a whole number, not ${text}`)
  return Number(text)
}

const seed = number(values.seed ?? String(Date.now() % 1_000_000), 'seed')
const iterations = values.iterations && number(values.iterations, 'iterations')
const milliseconds = number(values.seconds, 'seconds') * 1000

/** Sources of ours, and not what tests them; `planted` is there to be tested. */
const isOurs = (url: string) =>
  !url.includes('/node_modules/') && /\/(lib|functions|local|cli|fixtures)\//.test(url)

function chosen(): readonly FuzzTarget[] {
  if (values.target === undefined) return targets
  return values.target.map((name) => {
    const found = [...targets, plantedTarget].find((target) => target.name === name)
    if (found === undefined) throw new Error(`There is no target ${name}`)
    return found
  })
}

async function fuzzOne(target: FuzzTarget): Promise<FuzzOutcome> {
  const coverage = values['no-coverage'] ? undefined : new BlockCoverage(isOurs)
  const startedMs = performance.now()
  try {
    return await fuzz(target, {
      seed,
      coverage,
      goOn: (inputs) =>
        iterations === undefined
          ? performance.now() - startedMs < milliseconds
          : inputs < Number(iterations),
    })
  } finally {
    coverage?.close()
  }
}

function tell(target: FuzzTarget, outcome: FuzzOutcome): void {
  const { inputs, kept, slowestMs, failure } = outcome
  process.stdout.write(
    `${target.name}: ${inputs} inputs, ${kept} reached new code, ` +
      `the slowest took ${Math.ceil(slowestMs)} ms\n`,
  )
  if (failure === undefined) return
  const path = keepFinding(values.findings, target.name, failure.input)
  const text = JSON.stringify(Buffer.from(failure.input).toString('latin1'))
  const { error } = failure
  process.stdout.write(
    `${target.name} failed with --seed ${seed}: ${error instanceof Error ? error.stack : error}\n` +
      `The input as text: ${text}\n` +
      `In base64: ${Buffer.from(failure.input).toString('base64')}\n` +
      `It is kept in ${path}, and npm test tries it again.\n`,
  )
}

if (values.help) process.stdout.write(usage)
else {
  process.stdout.write(`seed ${seed}\n`)
  for (const target of chosen()) {
    const outcome = await fuzzOne(target)
    tell(target, outcome)
    if (outcome.failure) process.exitCode = 1
  }
}
