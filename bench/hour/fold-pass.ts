import type { History } from '../../lib/records/history.ts'
import { foldHistory } from '../../lib/rollup/fold-history.ts'
import pipeline from '../../pipeline.config.ts'
import { firstDayMs } from '../made-purchases.ts'
import { processorSecondsOf } from './process-time.ts'

/** What folding the hour took once. */
export interface FoldPass {
  readonly seconds: number
  /** Of all threads of this process. */
  readonly processorSeconds: number
  /** Of the server meanwhile, where there is one. */
  readonly serverSeconds: number | undefined
}

/** Where an hour's history is, and who serves it. */
export interface HourPlace {
  readonly name: string
  readonly history: History
  readonly serverPid: number | undefined
}

/** Folds the hour as the rollup does. Throws where the fold does not hold `objects`. */
export async function foldPass(place: HourPlace, objects: number): Promise<FoldPass> {
  const { history, serverPid } = place
  const serverBefore = await serverSecondsOf(serverPid)
  const processorBefore = process.cpuUsage()
  const startedAt = performance.now()
  const { cuts, refusedLines } = await foldHistory(pipeline, history, firstDayMs)
  const seconds = (performance.now() - startedAt) / 1000
  const { user, system } = process.cpuUsage(processorBefore)
  const serverAfter = await serverSecondsOf(serverPid)
  if (cuts.length !== objects || refusedLines > 0) {
    throw new Error(
      `Of ${objects} objects ${cuts.length} were folded, ${refusedLines} lines refused`,
    )
  }
  return {
    seconds,
    processorSeconds: (user + system) / 1_000_000,
    serverSeconds:
      serverAfter === undefined || serverBefore === undefined
        ? undefined
        : serverAfter - serverBefore,
  }
}

const serverSecondsOf = async (pid: number | undefined) =>
  pid === undefined ? undefined : processorSecondsOf(pid)
