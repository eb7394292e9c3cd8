import logUpdate from 'log-update'
import type { WorkFigures } from '../../lib/contract/figures.ts'
import { escapeSteering } from '../../lib/core/index.ts'
import type { ResultRow } from '../../lib/query/result-row.ts'
import { counted } from '../counted.ts'
import { shortCells } from './cells.ts'
import { figureWords } from './figures.ts'
import { formatNumber } from './format-number.ts'
import { tableOf } from './table.ts'

/** What is shown of a pipeline that runs. */
export interface LiveFigures extends WorkFigures {
  readonly ranMs: number
  readonly sent: number
  readonly applied: number
  readonly rejected: number
  readonly day: string
  readonly leaders: readonly ResultRow[]
  /** What went wrong last, if anything did. */
  readonly trouble: string | undefined
}

/** Shows figures, the newest in place of the last on a terminal, below each other elsewhere. */
export interface LiveSummary {
  show(figures: LiveFigures): void
  done(): void
}

export function createLiveSummary(stdout: NodeJS.WriteStream, data: string): LiveSummary {
  if (stdout.isTTY) {
    return { show: (figures) => logUpdate(render(figures, data)), done: () => logUpdate.done() }
  }
  return { show: (figures) => void stdout.write(`${render(figures, data)}\n`), done() {} }
}

function render(figures: LiveFigures, data: string): string {
  const number = (value: number) => formatNumber(String(value))
  const seconds = Math.round(figures.ranMs / 1000)
  const leaders =
    figures.leaders.length === 0
      ? 'Rows appear with the first rollup, in a few seconds.\n'
      : tableOf(figures.leaders.map(shortCells))
  return [
    `Twofold has been running for ${number(seconds)} s. Stop it with Ctrl-C.`,
    '',
    `  stream   ${counted(figures.sent, 'event')} sent, ${number(figures.applied)} applied to minute ` +
      `rows, ${number(figures.rejected)} of them rejected`,
    `  rollup   ${figureWords(figures, 'foldedHours', 'mergedPeriods', 'rollupRowsWritten', 'duplicatesDropped')}`,
    ...(figures.trouble === undefined ? [] : [`  trouble  ${escapeSteering(figures.trouble)}`]),
    '',
    `The leaders of ${figures.day}, as in a second terminal with`,
    `npx twofold top --grain day --period ${figures.day} --data ${data}`,
    '',
    leaders,
  ].join('\n')
}
