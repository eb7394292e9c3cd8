import { availableParallelism } from 'node:os'
import { pMapIterable } from 'p-map'
import { compareCopy } from './compare-copy.ts'
import type { Mutant } from './mutant.ts'
import { inMutantCopy } from './mutant-copy.ts'
import { simulateCopy } from './simulate-copy.ts'
import type { Trial } from './trial.ts'

interface TryOptions {
  /** Schedules that each has to be caught in. */
  readonly seeds: number
  /** Whether the whole story of each first failing schedule is told. */
  readonly stories: boolean
  readonly print: (text: string) => void
}

/** Tries each mutant in a copy of the sources, and tells what became of it. How many survived. */
export async function tryMutants(
  mutants: readonly Mutant[],
  { seeds, stories, print }: TryOptions,
): Promise<number> {
  let survived = 0
  for await (const { mutant, trial } of trials(mutants, seeds)) {
    const { caught, output, summary } = trial
    if (!caught) survived++
    print(`${caught ? 'caught  ' : 'SURVIVED'} ${mutant.name}`)
    print(indented(aboutOf(mutant)))
    print(indented(stories || !caught ? output : summary))
  }
  print(`caught: ${mutants.length - survived} of ${mutants.length}`)
  return survived
}

interface Tried {
  readonly mutant: Mutant
  readonly trial: Trial
}

async function* trials(mutants: readonly Mutant[], seeds: number): AsyncGenerator<Tried> {
  const compared = mutants.filter(({ noticedBy }) => noticedBy === 'comparison')
  // A simulation takes all processors by itself.
  for (const mutant of mutants) {
    if (compared.includes(mutant)) continue
    yield { mutant, trial: await inMutantCopy(mutant, (folder) => simulateCopy(folder, seeds)) }
  }
  yield* pMapIterable(
    compared,
    async (mutant) => ({ mutant, trial: await inMutantCopy(mutant, compareCopy) }),
    { concurrency: availableParallelism() },
  )
}

function aboutOf({ file, breaks }: Mutant): string {
  return `in ${file}\nbreaks: ${breaks}`
}

const indented = (text: string) => text.replace(/^/gm, '    ')
