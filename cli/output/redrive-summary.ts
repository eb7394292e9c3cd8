import type { WorkFigures } from '../../lib/contract/figures.ts'
import type { RedriveResult } from '../../lib/redrive/redrive-kinds.ts'
import type { RedriveFigures } from '../../lib/redrive/redrive-tally.ts'
import { counted } from '../counted.ts'
import { type Cells, numberCell, textCell } from './cells.ts'
import { figureWords } from './figures.ts'

/** What became of the records, or would become of them: one line for each outcome and reason. */
export function redriveCells(results: readonly RedriveResult[]): Cells[] {
  return results.flatMap(([kind, { taken, takenOpen, refused }]) => {
    const line = (outcome: string, reason: string | null, field: string | null, records: number) =>
      records === 0
        ? []
        : [
            [
              textCell('from', kind),
              textCell('outcome', outcome),
              textCell('reason', reason),
              textCell('field', field),
              numberCell('records', records),
            ],
          ]
    return [
      ...line('taken', null, null, taken - takenOpen),
      ...line('taken, hour open', null, null, takenOpen),
      ...refused.flatMap(({ reason, field, records }) => line('refused', reason, field, records)),
    ]
  })
}

/** Who counts what was put back. */
export type RedriveMode =
  | { readonly kind: 'dry run' }
  | ({ readonly kind: 'rolled up' } & Pick<WorkFigures, 'foldedHours' | 'rollupRowsWritten'>)
  | { readonly kind: 'marked'; readonly nextRollup: string }

/** What a person should know beside the figures. */
export function redriveNotes(results: readonly RedriveResult[], mode: RedriveMode): string[] {
  const sum = (part: (figures: RedriveFigures) => number) =>
    results.reduce((total, [, figures]) => total + part(figures), 0)
  const records = sum((figures) => figures.records)
  const open = sum(({ takenOpen }) => takenOpen)
  const hours = new Set(results.flatMap(([, { takenByHour }]) => [...takenByHour.keys()]))
  const taken = sum((figures) => figures.taken)
  return [
    ...(records === 0 ? ['There is nothing to put back.'] : []),
    ...(mode.kind === 'dry run' ? ['Dry run: nothing was written.'] : []),
    ...(mode.kind === 'rolled up'
      ? [`${figureWords(mode, 'foldedHours', 'rollupRowsWritten')}.`]
      : []),
    ...(mode.kind === 'marked' && taken > 0
      ? [`${counted(hours.size, 'hour is', 'hours are')} marked as changed; ${mode.nextRollup}.`]
      : []),
    ...(open > 0
      ? [
          `${counted(open, 'of the events falls', 'of the events fall')} into an hour that is open: ` +
            'counted when it is over.',
        ]
      : []),
  ]
}
