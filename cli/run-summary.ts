import { escapeSteering } from '../lib/core/index.ts'
import type { OutputOptions } from './options.ts'
import { numberCell, textCell } from './output/cells.ts'
import { formatNumber } from './output/table.ts'
import { writeCells } from './output/write-cells.ts'
import type { RejectCount } from './reject-count.ts'
import type { RolledUp } from './roll-up-all.ts'

export interface RunSummary extends RolledUp {
  readonly events: number
  readonly blankLines: number
  readonly rejects: readonly RejectCount[]
  readonly tookMs: number
}

/** Tells what a run did: sentences for people, one object for programs. */
export async function writeRunSummary(
  { format, data }: OutputOptions,
  timeZone: string,
  summary: RunSummary,
): Promise<void> {
  const rejected = summary.rejects.reduce((total, { records }) => total + records, 0)
  if (format !== 'table') {
    const { events, blankLines, foldedHours, mergedPeriods, rollupRowsWritten } = summary
    const line = [
      numberCell('events', events),
      numberCell('rejected', rejected),
      numberCell('blankLines', blankLines),
      numberCell('duplicatesDropped', summary.duplicatesDropped),
      numberCell('foldedHours', foldedHours),
      numberCell('mergedPeriods', mergedPeriods),
      numberCell('rollupRowsWritten', rollupRowsWritten),
      textCell('timeZone', timeZone),
      numberCell('tookMs', summary.tookMs),
    ]
    await writeCells(format, [line])
    return
  }
  process.stdout.write(sentences(summary, rejected, timeZone, data))
}

const shownReasons = 10

function sentences(summary: RunSummary, rejected: number, timeZone: string, data: string): string {
  const number = (value: number) => formatNumber(String(value))
  const reasons = summary.rejects
    .slice(0, shownReasons)
    .map(({ records, field, reason, message }) => {
      return `  ${number(records)} ${field ?? 'record'}: ${reason} (${escapeSteering(message)})`
    })
  const lines = [
    `${number(summary.events)} events read`,
    `${number(rejected)} rejected${rejected > 0 ? ', kept with their reasons under rejected/' : ''}`,
    ...reasons,
    `${number(summary.duplicatesDropped)} duplicates dropped`,
    `${number(summary.foldedHours)} hours folded, ${number(summary.mergedPeriods)} days, weeks ` +
      `and months merged in ${timeZone}, ${number(summary.rollupRowsWritten)} rows written`,
    `done in ${(summary.tookMs / 1000).toFixed(1)} s; the rows are in ${data}`,
  ]
  return `${lines.join('\n')}\n`
}
