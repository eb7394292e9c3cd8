import {
  type Aggregation,
  beginWindowFold,
  createCalendar,
  type Definition,
  type Grain,
  presentState,
  type WindowFold,
} from '../../lib/core/index.ts'
import { chooseAggregation } from '../../lib/query/choose-aggregation.ts'
import { totalRow } from '../../lib/query/result-row.ts'
import { standardInput } from '../../local/feed-file.ts'
import { foldFiles } from '../../local/fold-files.ts'
import type { FoldedLines } from '../../local/line-tally.ts'
import { Failure, UsageError } from '../failure.ts'
import { totalBytes } from '../input-files.ts'
import { type Cells, totalCells, totalColumns } from '../output/cells.ts'
import { foldSentences } from '../output/fold-summary.ts'
import type { Format } from '../output/format.ts'
import { startProgress } from '../output/progress.ts'
import { writeCells } from '../output/write-cells.ts'

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
  const written = { rows: 0 }
  await writeCells(format, cellsOf(windowFold, aggregation, written), totalColumns(aggregation))
  const { duplicatesDropped } = windowFold
  const summary = {
    ...folded,
    ...written,
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
  const progress = startProgress(process.stderr)
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

function* cellsOf(
  windowFold: WindowFold,
  aggregation: Aggregation,
  written: { rows: number },
): Generator<Cells> {
  for (const { window, key, state } of windowFold.totals()) {
    written.rows++
    yield totalCells(totalRow(aggregation, window, key, presentState(aggregation, state)))
  }
}

function problemsOf({ lines, cutShort }: FoldedLines, events: number): string[] {
  const nothingTaken = lines > 0 && events === 0 ? ['every line was rejected'] : []
  return [...cutShort, ...nothingTaken]
}
