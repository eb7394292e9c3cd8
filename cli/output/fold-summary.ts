import { escapeSteering } from '../../lib/core/index.ts'
import type { FoldedLines } from '../../local/line-tally.ts'
import { counted } from '../counted.ts'
import { figureWords } from './figures.ts'
import { formatNumber } from './format-number.ts'
import { reasonSentence } from './run-summary.ts'

export interface FoldSummary extends FoldedLines {
  /** Left out where each event counted, whatever its id. */
  readonly duplicatesDropped: number | undefined
  readonly rows: number
  readonly grain: string
  readonly timeZone: string
  readonly tookMs: number
}

/** Tells a person what files came to, besides their rows. */
export function foldSentences(summary: FoldSummary): string {
  const { rejects, duplicatesDropped, rows, grain, timeZone } = summary
  const rejected = rejects.reduce((total, { lines }) => total + lines, 0)
  const lines = [
    `${counted(summary.lines, 'event')} read`,
    `${formatNumber(String(rejected))} rejected`,
    ...rejects.map(({ lines: records, field = null, reason, message, firstAt }) => {
      const told = reasonSentence({ records, field, reason, message })
      return `${told}; first in line ${firstAt.line} of ${escapeSteering(firstAt.file)}`
    }),
    ...(duplicatesDropped === undefined
      ? []
      : [figureWords({ duplicatesDropped }, 'duplicatesDropped')]),
    `${counted(rows, 'row')} by the ${grain} in ${timeZone}`,
    `done in ${(summary.tookMs / 1000).toFixed(1)} s`,
  ]
  return `${lines.join('\n')}\n`
}
