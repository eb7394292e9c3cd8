import type { WorkFigures } from '../../lib/contract/figures.ts'
import { escapeSteering } from '../../lib/core/index.ts'
import type { RejectCount } from '../../lib/query/count-rejects.ts'
import { counted } from '../counted.ts'
import type { ReadingOptions } from '../options.ts'
import { type Cells, numberCell, textCell } from './cells.ts'
import { figuresOfRun, figureWords } from './figures.ts'
import { formatNumber } from './format-number.ts'
import { listCell } from './list-cell.ts'
import { writeCells } from './write-cells.ts'

export interface RunSummary extends WorkFigures {
  readonly events: number
  readonly blankLines: number
  readonly rejects: readonly RejectCount[]
  readonly timeZone: string
  readonly tookMs: number
}

/** Tells what a run did: sentences for people, one object for programs. */
export async function writeRunSummary(
  { format, data }: Pick<ReadingOptions, 'format' | 'data'>,
  summary: RunSummary,
): Promise<void> {
  if (format === 'table') process.stdout.write(runSentences(summary, data))
  else await writeCells(format, [runCells(summary)])
}

const recordsOf = (rejects: readonly RejectCount[]) =>
  rejects.reduce((total, { records }) => total + records, 0)

export function runCells(summary: RunSummary): Cells {
  return [
    numberCell('events', summary.events),
    numberCell('rejected', recordsOf(summary.rejects)),
    numberCell('blankLines', summary.blankLines),
    ...figuresOfRun(summary),
    textCell('timeZone', summary.timeZone),
    numberCell('tookMs', summary.tookMs),
    listCell(
      'rejects',
      summary.rejects.map(({ field, reason, records, message }) => [
        textCell('field', field),
        textCell('reason', reason),
        numberCell('records', records),
        textCell('message', message),
      ]),
    ),
  ]
}

const shownReasons = 10

export function runSentences(summary: RunSummary, data: string): string {
  const { events, rejects, refusedLines, timeZone } = summary
  const rejected = recordsOf(rejects)
  const show = `\`npx twofold rejects${data === '.twofold' ? '' : ` --data ${data}`}\``
  const lines = [
    `${counted(events, 'event')} read`,
    `${formatNumber(String(rejected))} rejected${rejected > 0 ? `; ${show} shows them` : ''}`,
    ...rejects.slice(0, shownReasons).map(reasonSentence),
    ...othersSentence(rejects.slice(shownReasons), show),
    figureWords(summary, 'duplicatesDropped'),
    ...(refusedLines > 0
      ? [
          `${figureWords(summary, 'refusedLines')}, which the definition of today refuses; no row ` +
            'counts them any more',
        ]
      : []),
    `${figureWords(summary, 'foldedHours', 'mergedPeriods')} in ${timeZone}, ` +
      figureWords(summary, 'rollupRowsWritten'),
    `done in ${(summary.tookMs / 1000).toFixed(1)} s; the rows are in ${data}`,
  ]
  return `${lines.join('\n')}\n`
}

/** One reason, with how many there are of it. */
export function reasonSentence({ records, field, reason, message }: RejectCount): string {
  const count = formatNumber(String(records))
  return `  ${count} ${field ?? 'record'}: ${reason} (${escapeSteering(message)})`
}

function othersSentence(others: readonly RejectCount[], show: string): string[] {
  if (others.length === 0) return []
  const records = formatNumber(String(recordsOf(others)))
  return [`  and ${records} more, of ${counted(others.length, 'other reason')}; see ${show}`]
}
