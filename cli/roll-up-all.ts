import { setTimeout as sleep } from 'node:timers/promises'
import type { Stores } from '../lib/deployment/stores.ts'
import type { RollupRun } from '../lib/rollup/rollup-runs.ts'
import type { LocalPipeline } from '../local/pipeline.ts'
import { Failure } from './failure.ts'

export interface RolledUp {
  readonly foldedHours: number
  readonly mergedPeriods: number
  readonly rollupRowsWritten: number
  readonly duplicatesDropped: number
  /** Lines of history that the definition refuses, and no row counts any more. */
  readonly unreadableLines: number
}

const figureNames = [
  'foldedHours',
  'mergedPeriods',
  'rollupRowsWritten',
  'duplicatesDropped',
  'refusedLines',
  'backlogUnits',
] as const

/** What the rollup function returns of a run, as far as it is shown. */
export type RollupFigures = Pick<RollupRun, (typeof figureNames)[number]>

/** Invokes the rollup until nothing is changed that could be computed now. */
export async function rollUpAll(
  pipeline: LocalPipeline,
  onProgress: (done: number, total: number) => void,
): Promise<RolledUp> {
  const total = {
    foldedHours: 0,
    mergedPeriods: 0,
    rollupRowsWritten: 0,
    duplicatesDropped: 0,
    unreadableLines: 0,
  }
  const watching = new AbortController()
  const watched = watch(pipeline.stores, watching.signal, onProgress)
  try {
    for (;;) {
      const figures = readFigures(await pipeline.rollUp())
      total.foldedHours += figures.foldedHours
      total.mergedPeriods += figures.mergedPeriods
      total.rollupRowsWritten += figures.rollupRowsWritten
      total.duplicatesDropped += figures.duplicatesDropped
      total.unreadableLines += figures.refusedLines
      if (figures.backlogUnits === 0) return total
      if (figures.foldedHours + figures.mergedPeriods === 0) {
        throw new Failure(
          `the rollup leaves ${figures.backlogUnits} units undone; see functions.log`,
        )
      }
    }
  } finally {
    watching.abort()
    await watched
  }
}

/** Throws where a result of the function is not what it should be. */
export function readFigures(result: unknown): RollupFigures {
  const figures = result as (Partial<RollupFigures> & { readonly held?: boolean }) | null
  if (figures?.held === false) throw new Failure('another run of the rollup has the lease')
  if (figureNames.some((name) => typeof figures?.[name] !== 'number')) {
    throw new Error(`The rollup function returned ${JSON.stringify(result)}`)
  }
  return figures as RollupFigures
}

const watchEveryMs = 500

/** Counts changed hours that are left, which is what most of the time goes into. */
async function watch(
  { changed }: Stores,
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  let most = 0
  while (!signal.aborted) {
    let left = 0
    for (const kind of ['hour', 'day', 'week', 'month'] as const) {
      for await (const _ of changed.list(kind)) left++
    }
    most = Math.max(most, left)
    onProgress(most - left, most)
    // The only way that this sleep fails is being told to stop.
    await sleep(watchEveryMs, undefined, { signal }).catch(() => undefined)
  }
}
