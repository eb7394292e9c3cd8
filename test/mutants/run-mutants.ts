import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { Command } from 'commander'
import { type Mutant, mutants, mutate } from './mutants.ts'

interface Options {
  readonly seeds: string
  readonly only?: string
  readonly stories?: boolean
}

const root = resolve(import.meta.dirname, '../..')
const copied = ['cli', 'functions', 'lib', 'local', 'test', 'package.json', 'pipeline.config.ts']

/**
 * `npm run mutants`: breaks one promise after the other in a copy of the sources, and demands that
 * the simulation notices. Exit code 1 where it does not.
 */
const command = new Command('mutants')
  .description('Breaks the pipeline in known ways, and demands that the simulation notices.')
  .option('--seeds <n>', 'schedules that a mutant has to be caught in', '1000')
  .option('--only <text>', 'only mutants whose name holds this')
  .option('--stories', 'tells the whole story of each first failing schedule')
  .action(async ({ seeds, only = '', stories = false }: Options) => {
    const chosen = mutants.filter(({ name }) => name.includes(only))
    let survived = 0
    for (const mutant of chosen) {
      const { caught, output } = await simulateMutant(mutant, seeds)
      if (!caught) survived++
      print(`${caught ? 'caught  ' : 'SURVIVED'} ${mutant.name}`)
      print(indented(stories || !caught ? output : summaryOf(output)))
    }
    print(`${chosen.length - survived} of ${chosen.length} mutants were caught`)
    process.exitCode = survived > 0 || chosen.length === 0 ? 1 : 0
  })

interface Simulated {
  readonly caught: boolean
  readonly output: string
}

async function simulateMutant(mutant: Mutant, seeds: string): Promise<Simulated> {
  const folder = await mkdtemp(join(tmpdir(), 'twofold-mutant-'))
  try {
    for (const path of copied) {
      await cp(join(root, path), join(folder, path), { recursive: true })
    }
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    const file = join(folder, mutant.file)
    await writeFile(file, mutate(mutant, await readFile(file, 'utf8')))
    return await simulate(folder, seeds)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const failedExit = 1

async function simulate(folder: string, seeds: string): Promise<Simulated> {
  const script = join(folder, 'test/simulation/simulate.ts')
  const run = promisify(execFile)
  try {
    const { stdout } = await run(process.execPath, [script, '--seeds', seeds, '--stop-at-first'], {
      maxBuffer: 2 ** 26,
    })
    return { caught: false, output: stdout }
  } catch (error) {
    const {
      code,
      stdout = '',
      stderr = '',
    } = error as {
      code?: unknown
      stdout?: string
      stderr?: string
    }
    // Whatever else went wrong is no proof that the simulation notices anything.
    if (code !== failedExit || !stdout.includes(' failed:\n')) throw new Error(stderr || stdout)
    return { caught: true, output: stdout }
  }
}

/** Which schedule failed, with what, and how many it took. */
function summaryOf(output: string): string {
  const [told = ''] = output.split('\nWhat happened')
  const counted = output.split('\n').find((line) => / schedules with /.test(line)) ?? ''
  return `${told.trimEnd()}\n${counted}`
}

const indented = (text: string) => text.replace(/^/gm, '    ')

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

await command.parseAsync()
