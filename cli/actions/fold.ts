import { availableParallelism } from 'node:os'
import {
  beginWindowFold,
  canFoldPieces,
  createCalendar,
  type Definition,
  type Grain,
  type WindowFold,
  type WindowFoldOptions,
} from '../../lib/core/index.ts'
import { chooseAggregation } from '../../lib/query/choose-aggregation.ts'
import { standardInput } from '../../local/feed-file.ts'
import { foldFiles } from '../../local/fold-files.ts'
import type { FoldedLines } from '../../local/line-tally.ts'
import { Failure, UsageError } from '../failure.ts'
import { totalBytes } from '../input-files.ts'
import { foldSentences } from '../output/fold-summary.ts'
import type { Format } from '../output/format.ts'
import { startProgress } from '../output/progress.ts'
import { writeTotals } from '../output/write-totals.ts'

export interface FoldOptions {
  readonly grain: Grain
  readonly zone?: string
  readonly aggregation?: string
  readonly dedup: boolean
  readonly format: Format
  /** True for as many as there are cores. */
  readonly threads?: number | true
}

export async function fold(
  definition: Definition,
  files: readonly string[],
  { grain, zone, aggregation: name, dedup, format, threads = 1 }: FoldOptions,
): Promise<void> {
  const startedMs = Date.now()
  const aggregation = chooseAggregation(definition, name)
  const timeZone = zone ?? definition.timeZone
  const options = {
    definition,
    aggregation,
    grain,
    calendar: createCalendar(timeZone),
    eachIdOnce: dedup,
    nowMs: startedMs,
  }
  await using begun = await beginFold(options, threads)
  const { windowFold } = begun
  const folded = await foldWithProgress(windowFold, files)
  const rows = await writeTotals(format, aggregation, windowFold)
  const { duplicatesDropped } = windowFold
  const summary = {
    ...folded,
    rows,
    duplicatesDropped: dedup ? duplicatesDropped : undefined,
    grain,
    timeZone,
    tookMs: Date.now() - startedMs,
  }
  process.stderr.write(foldSentences(summary))
  const problems = problemsOf(folded, windowFold.events)
  if (problems.length > 0) throw new Failure(problems.join('; '))
}

interface BegunFold extends AsyncDisposable {
  readonly windowFold: WindowFold
}

/** More would be of no use: threads wait for each other, and all for the one that reads. */
const maxThreads = 64

async function beginFold(options: WindowFoldOptions, asked: number | true): Promise<BegunFold> {
  const count = Math.min(maxThreads, asked === true ? availableParallelism() : asked)
  if (count === 1 || !canFoldPieces(options)) {
    return { windowFold: beginWindowFold(options), async [Symbol.asyncDispose]() {} }
  }
  const { FoldThreads } = await import('../../local/fold-threads.ts')
  const { ThreadedWindowFold } = await import('../../local/threaded-window-fold.ts')
  const { pieceFoldJob } = await import('../../local/piece-fold-job.ts')
  const threads = new FoldThreads<ReturnType<typeof pieceFoldJob>>(
    new URL('../fold-thread.ts', import.meta.url),
    count,
  )
  return {
    windowFold: new ThreadedWindowFold(threads, pieceFoldJob(options, count), options),
    [Symbol.asyncDispose]: () => threads.close(),
  }
}

async function foldWithProgress(
  windowFold: WindowFold,
  files: readonly string[],
): Promise<FoldedLines> {
  const onDisk = files.filter((file) => file !== standardInput)
  if (files.length - onDisk.length > 1) {
    throw new UsageError(`${standardInput} is standard input, which can be read once`)
  }
  const bytesOnDisk = await totalBytes(onDisk)
  const inputBytes = onDisk.length === files.length ? bytesOnDisk : undefined
  const progress = await startProgress(process.stderr)
  let bytes = 0
  try {
    return await foldFiles(windowFold, files, (more) => {
      bytes += more
      progress.at('read', bytes, inputBytes)
    })
  } finally {
    progress.stop()
  }
}

function problemsOf({ lines, cutShort }: FoldedLines, events: number): string[] {
  const nothingTaken = lines > 0 && events === 0 ? ['every line was rejected'] : []
  return [...cutShort, ...nothingTaken]
}
