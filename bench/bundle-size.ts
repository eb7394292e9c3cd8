import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import Table from 'cli-table3'
import { Command } from 'commander'
import { bundleFunction, type FunctionName } from '../build/function-bundle.ts'
import { wholeNumber } from '../cli/whole-number.ts'
import { sharedVariables, variablesOf } from '../lib/contract/environment.ts'
import { localNames } from '../local/local-names.ts'

const functions: readonly FunctionName[] = ['stream-aggregate', 'batch-rollup']

/** What the functions ask for when they are loaded; nothing is sent anywhere. */
const environment = {
  AWS_REGION: 'us-east-1',
  ...variablesOf(sharedVariables, localNames),
}

const importTimed = `
  const startedAt = performance.now()
  await import(process.argv[1])
  process.stdout.write(String(performance.now() - startedAt))
  process.exit()
`

async function importMs(file: string): Promise<number> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', importTimed, pathToFileURL(file).href],
    { env: environment },
  )
  return Number(stdout)
}

async function measure(name: FunctionName, folder: string, runs: number) {
  const { file, bytes } = await bundleFunction(name, folder)
  const times: number[] = []
  // One after the other, so that no run slows another down.
  for (let run = 0; run < runs; run++) times.push(await importMs(file))
  times.sort((a, b) => a - b)
  return {
    bytes,
    gzippedBytes: gzipSync(await readFile(file)).length,
    fastestMs: times[0] ?? 0,
    medianMs: times[Math.floor(times.length / 2)] ?? 0,
  }
}

async function main(runs: number): Promise<void> {
  const table = new Table({
    head: ['function', 'KB', 'KB gzipped', 'import ms, fastest', 'median'],
    style: { head: [], border: [] },
  })
  const folder = await mkdtemp(join(tmpdir(), 'twofold-bundle-size-'))
  try {
    for (const name of functions) {
      const { bytes, gzippedBytes, fastestMs, medianMs } = await measure(name, folder, runs)
      const kilobytes = [bytes, gzippedBytes].map((one) => (one / 1000).toFixed(1))
      table.push([name, ...kilobytes, fastestMs.toFixed(0), medianMs.toFixed(0)])
    }
  } finally {
    await rm(folder, { recursive: true })
  }
  process.stdout.write(`${table}\n`)
}

/** `bundles [runs]` */
export const bundlesCommand = () =>
  new Command('bundles')
    .summary('sizes and cold imports of the functions')
    .description(
      "What a cold start has to load: the size of each function's bundle, and how long a fresh " +
        'process takes to import it.',
    )
    .argument('[runs]', 'how often each is imported', wholeNumber(1), 15)
    .action(main)
