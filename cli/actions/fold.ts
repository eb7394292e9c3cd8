import {
  beginWindowFold,
  createCalendar,
  type Definition,
  type Grain,
  type WindowFold,
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
}

export async function fold(
  definition: Definition,
  files: readonly string[],
  { grain, zone, aggregation: name, dedup, format }: FoldOptions,
): Promise<void> {
  const startedMs = Date.now()
  const aggregation = chooseAggregation(definition, name)
  const timeZone = zone ?? definition.timeZone
  const windowFold = beginWindowFold({
    definition,
    aggregation,
    grain,
    calendar: createCalendar(timeZone),
    eachIdOnce: dedup,
    nowMs: startedMs,
  })
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
