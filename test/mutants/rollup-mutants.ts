import type { Mutant } from './mutant.ts'

const replaceParts = 'lib/rollup/replace-parts.ts'
const publish = `  if (isReplaced || unfinished.length > 0) {
    await replacement.publish(written, begun.current, unfinished, watch)
  }
`
const cleanUp = '  await parts.remove(replaced)\n  return'

const foldHour = 'lib/rollup/fold-hour.ts'

const mergePeriod = 'lib/rollup/merge-period.ts'
const readUnit = 'lib/rollup/read-unit.ts'
const historyFold = 'lib/core/history-fold.ts'

const readHourBefore = '  const before = await readBefore(context, hourMs)\n'
const noteUnread = '  // Before anything is written, since from then on'
const readPeriodBefore = '  const before = await readUnit(context, ofParts)\n'
const readFiner = '  const finer = await finerParts(context, aggregation, window, unit.range)\n'

/** Promises of batch-rollup, broken. */
export const rollupMutants: readonly Mutant[] = [
  {
    name: 'merge adds instead of replaces',
    breaks: 'A merge puts its result in the place of the former one.',
    file: mergePeriod,
    edits: [
      {
        from: 'finer.parts.map(readPart(context))',
        to: '[...finer.parts, ...before.current.map((part) => ({ part }))].map(readPart(context))',
      },
    ],
  },
  {
    name: 'part replaced before its rows are written',
    breaks:
      'A part is current only once its rows are written, so that a crash between them is made good.',
    file: replaceParts,
    edits: [
      { from: publish, to: '' },
      { from: cleanUp, to: `${publish}${cleanUp}` },
    ],
  },
  {
    name: 'the mark of an unfinished write ignored',
    breaks: 'Rows of an attempt that was cut short are written again, or deleted, by the next one.',
    file: replaceParts,
    edits: [
      {
        from: 'const unfinished = others.flatMap((other) => objectKeysOf(replacement, other))',
        to: 'const unfinished: string[] = []',
      },
    ],
  },
  {
    name: 'a run writes on past its deadline',
    breaks: 'A run writes nothing once its time is over and another may have its lease.',
    file: 'lib/rollup/rollup-context.ts',
    edits: [{ from: 'if (nowMs() >= deadlineMs) throw', to: 'if (nowMs() < 0) throw' }],
  },
  {
    name: 'lines left out by a former definition forgotten',
    breaks: 'Lines that a definition refuses are noted, and counted once a later one takes them.',
    file: foldHour,
    edits: [{ from: 'if (folded.refusedLines > 0) {', to: 'if (folded.refusedLines < 0) {' }],
  },
  {
    name: 'registry of an hour read after its inputs',
    breaks:
      "An hour's parts are read before its inputs, so a run that read older inputs can't replace newer parts.",
    file: foldHour,
    edits: [
      { from: readHourBefore, to: '' },
      { from: noteUnread, to: readHourBefore + noteUnread },
    ],
  },
  {
    name: 'registry of a period read after its inputs',
    breaks:
      "A period's parts are read before its inputs, so a run that read older inputs can't replace newer parts.",
    file: mergePeriod,
    edits: [
      { from: readPeriodBefore, to: '' },
      { from: readFiner, to: readFiner + readPeriodBefore },
    ],
  },
  {
    name: 'parts made current past the deadline',
    breaks: 'No parts become current once the time of their run is over.',
    file: replaceParts,
    edits: [
      {
        from: 'begun, next, watch)',
        to: 'begun, next)',
      },
    ],
  },
  {
    name: 'week merged into month',
    breaks: 'A month is merged from its days; weeks reach over its ends.',
    file: mergePeriod,
    edits: [
      {
        from: "window.grain === 'day' ? 'hour' : 'day'",
        to: "window.grain === 'day' ? 'hour' : window.grain === 'month' ? 'week' : 'day'",
      },
    ],
  },
  {
    name: 'minutes of redriven events taken for right',
    breaks: 'Minutes of events that were put back get exact totals from history.',
    file: historyFold,
    edits: [{ from: 'if (isDuplicate || mayBeMissing) {', to: 'if (isDuplicate) {' }],
  },
  {
    name: 'duplicates not dropped',
    breaks: 'An event that its producer sent twice counts once.',
    file: historyFold,
    edits: [
      { from: 'const isDuplicate = this.#ids.has(event.id)', to: 'const isDuplicate = false' },
    ],
  },
  {
    name: 'all dead attempts taken for partless',
    breaks:
      'What an attempt that was cut short has written is compared with, so no row of it stays.',
    file: readUnit,
    edits: [
      {
        from: 'return !objectKeysOf(unit, attempt).some((objectKey) => there.has(objectKey))',
        to: 'return there.size >= 0 && attempt !== undefined',
      },
    ],
  },
]
