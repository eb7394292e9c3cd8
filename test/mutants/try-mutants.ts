import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { exitFailed } from '../../cli/exit-codes.ts'
import { type Mutant, mutate } from './mutant.ts'

const root = resolve(import.meta.dirname, '../..')
const copied = [
  'cli',
  'emulator',
  'functions',
  'lib',
  'local',
  'test',
  'package.json',
  'pipeline.config.ts',
]

interface TryOptions {
  /** Schedules that each has to be caught in. */
  readonly seeds: number
  /** Whether the whole story of each first failing schedule is told. */
  readonly stories: boolean
  readonly print: (text: string) => void
}

/** Simulates each mutant in a copy of the sources, and tells what became of it. How many survived. */
export async function tryMutants(
  mutants: readonly Mutant[],
  { seeds, stories, print }: TryOptions,
): Promise<number> {
  let survived = 0
  for (const mutant of mutants) {
    const { caught, output } = await simulateMutant(mutant, seeds)
    if (!caught) survived++
    print(`${caught ? 'caught  ' : 'SURVIVED'} ${mutant.name}`)
    print(indented(aboutOf(mutant)))
    print(indented(stories || !caught ? output : summaryOf(output)))
  }
  print(`caught: ${mutants.length - survived} of ${mutants.length}`)
  return survived
}

interface Simulated {
  readonly caught: boolean
  readonly output: string
}

async function simulateMutant(mutant: Mutant, seeds: number): Promise<Simulated> {
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

async function simulate(folder: string, seeds: number): Promise<Simulated> {
  const script = join(folder, 'test/simulation/simulate.ts')
  const args = ['--seeds', String(seeds), '--stop-at-first']
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [script, ...args], {
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
    if (code !== exitFailed || !stdout.includes(' failed:\n')) throw new Error(stderr || stdout)
    return { caught: true, output: stdout }
  }
}

function aboutOf({ file, breaks }: Mutant): string {
  return `in ${file}\nbreaks: ${breaks}`
}

/** Which schedule failed, with what, and how many it took. */
function summaryOf(output: string): string {
  const [told = ''] = output.split('\nWhat happened')
  const counts = output.split('\n').find((line) => / schedules? with /.test(line)) ?? ''
  return `${told.trimEnd()}\n${counts}`
}

const indented = (text: string) => text.replace(/^/gm, '    ')
