import { setTimeout as sleep } from 'node:timers/promises'
import {
  figureNames,
  noFigures,
  type RunFigures,
  runFigures,
  sumFigures,
  type WorkFigures,
} from '../lib/contract/figures.ts'
import { calendarGrains } from '../lib/core/index.ts'
import type { ChangedUnits } from '../lib/ledger/changed-units.ts'

/** The rollup did not do what it was invoked for; the message says why. */
export class RollupUndone extends Error {
  override readonly name = 'RollupUndone'
  /** How many units it left; undefined where it did not begin. */
  readonly backlogUnits: number | undefined

  constructor(message: string, backlogUnits?: number) {
    super(message)
    this.backlogUnits = backlogUnits
  }
}

/** A pipeline, as far as it takes to roll up. */
interface RollsUp {
  readonly stores: { readonly changed: Pick<ChangedUnits, 'list'> }
  /** Invokes the rollup function once; its result. */
  rollUp(): Promise<unknown>
}

/** Invokes the rollup until nothing is changed that could be computed now. Throws RollupUndone. */
export async function rollUpAll(
  pipeline: RollsUp,
  onProgress: (done: number, total: number) => void,
): Promise<WorkFigures> {
  let total = noFigures()
  const watching = new AbortController()
  const watched = watch(pipeline.stores, watching.signal, onProgress)
  try {
    for (;;) {
      const { backlogUnits, ...figures } = readFigures(await pipeline.rollUp())
      total = sumFigures(total, figures)
      if (backlogUnits === 0) return total
      if (figures.foldedHours + figures.mergedPeriods === 0) {
        throw new RollupUndone(`the rollup leaves ${backlogUnits} units undone`, backlogUnits)
      }
    }
  } finally {
    watching.abort()
    await watched
  }
}

/**
 * The figures of a run, as the rollup function returned them. Throws RollupUndone where another run
 * has the lease, and an Error where the result is not what it should be.
 */
export function readFigures(result: unknown): RunFigures {
  const told = result as Readonly<Record<string, unknown>> | null
  if (told?.held === false) throw new RollupUndone('another run of the rollup has the lease')
  const figures = figureNames(runFigures).map((name) => {
    const value = told?.[name]
    if (typeof value === 'number') return [name, value]
    throw new Error(`The rollup function returned ${JSON.stringify(result)}`)
  })
  return Object.fromEntries(figures) as RunFigures
}

const watchEveryMs = 500

/** Counts changed units that are left, which is what most of the time goes into. */
async function watch(
  { changed }: RollsUp['stores'],
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  let most = 0
  while (!signal.aborted) {
    let left = 0
    for (const kind of ['hour', ...calendarGrains] as const) {
      for await (const _ of changed.list(kind)) left++
    }
    most = Math.max(most, left)
    onProgress(most - left, most)
    // The only way that this sleep fails is being told to stop.
    await sleep(watchEveryMs, undefined, { signal }).catch(() => undefined)
  }
}
