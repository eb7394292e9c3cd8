import type { Mutant } from './mutant.ts'

const attempt = 'lib/rollup/attempt.ts'
const foldHour = 'lib/rollup/fold-hour.ts'
const mergePeriod = 'lib/rollup/merge-period.ts'
const engineStage = 'engine/stage.ts'

const readHourBefore = '  const units = await readUnits(folding, hourMs)\n'
const noteRefused = '  // Before anything is written, since from then on'
const readPeriodBefore = '  const unit = await merging.units.read(periodOfParts(changed.unit))\n'
const readFiner = '  const finer = await readFinerParts(merging, period)\n'
const writeRows = `  const rollupRowsWritten = comparison.mayDiffer
    ? await writeRows(merging, period, comparison, leaders, attempt.watch)
    : 0
`
const commitPart = '  const settlement = await attempt.commit(comparison)\n'

/** Promises of batch-rollup, broken. */
export const rollupMutants: readonly Mutant[] = [
  {
    name: 'merge adds instead of replaces',
    breaks: 'A merge puts its result in the place of the former one.',
    file: mergePeriod,
    edits: [
      {
        from: 'const runs = finer.parts.map(({ part }) => parts.read(part.objectKey))',
        to: 'const before = await merging.stores.registry.read(period.unit.kind, unitName(period.unit))\n  const runs = [...finer.parts.map(({ part }) => part), ...before.current].map((part) => parts.read(part.objectKey))',
      },
      {
        from: 'type PeriodUnit, periodPart }',
        to: 'type PeriodUnit, periodPart, unitName }',
      },
    ],
  },
  {
    name: 'part replaced before its rows are written',
    breaks:
      'A part is current only once its rows are written, so that a crash between them is made good.',
    file: mergePeriod,
    edits: [
      { from: writeRows, to: '' },
      { from: commitPart, to: `${commitPart}${writeRows}` },
    ],
  },
  {
    name: 'the mark of an unfinished write ignored',
    breaks: 'Rows of an attempt that was cut short are written again, or deleted, by the next one.',
    file: attempt,
    edits: [
      {
        from: 'unfinished: this.#objectsOfOthers(),',
        to: 'unfinished: [],',
      },
    ],
  },
  {
    name: 'a run writes on past its deadline',
    breaks: 'A run writes nothing once its time is over and another may have its lease.',
    file: 'lib/rollup/deadline.ts',
    edits: [{ from: 'if (this.nowMs() >= this.atMs) throw', to: 'if (this.nowMs() < 0) throw' }],
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
      { from: noteRefused, to: readHourBefore + noteRefused },
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
    file: attempt,
    edits: [{ from: 'begun, next, this.watch)', to: 'begun, next)' }],
  },
  {
    name: 'week merged into month',
    breaks: 'A month is merged from its days; weeks reach over its ends.',
    file: 'lib/rollup/finer-parts.ts',
    edits: [
      {
        from: "window.grain === 'day' ? 'hour' : 'day'",
        to: "window.grain === 'day' ? 'hour' : window.grain === 'month' ? 'week' : 'day'",
      },
    ],
  },
  {
    name: 'minutes of redriven events taken for right',
    breaks: 'Minutes of events that were put back are corrected from history.',
    file: engineStage,
    edits: [{ from: 'if (!isNew || mayBeMissing) group', to: 'if (!isNew) group' }],
  },
  {
    name: 'duplicates not dropped',
    breaks: 'An event that its producer sent twice counts once.',
    file: engineStage,
    edits: [
      {
        from: 'addId(event.idTable, event.low, event.high)',
        to: 'addId(event.idTable, event.low, event.high) || true',
      },
    ],
  },
  {
    name: 'all dead attempts taken for partless',
    breaks:
      'What an attempt that was cut short has written is compared with, so no row of it stays.',
    file: 'lib/rollup/units.ts',
    edits: [
      {
        from: 'return !objectKeysOf(unit, attempt).some((objectKey) => there.has(objectKey))',
        to: 'return there.size >= 0 && attempt !== undefined',
      },
    ],
  },
  {
    name: 'an attempt that is not marked',
    breaks: 'An attempt is marked before anything of it is written.',
    file: 'lib/rollup/part-registry.ts',
    edits: [
      {
        from: 'const attempts = [...before.attempts, attempt]',
        to: 'const attempts = before.attempts.filter((other) => other !== attempt)',
      },
    ],
  },
  {
    name: 'the mark of a sending in doubt forgotten',
    breaks: 'A mark stays for as long as anything of its attempt may still be applied.',
    file: attempt,
    edits: [{ from: 'this.#mayComeLate ? [this.#endedNow()] : []', to: '[]' }],
  },
  {
    name: 'objects of marked attempts removed',
    breaks: 'No object is removed that a current part or a mark names.',
    file: attempt,
    edits: [
      {
        from: 'keptObjects(this.#unit, current, attempts)',
        to: 'keptObjects(this.#unit, current, [])',
      },
    ],
  },
  {
    name: 'parts of an hour before the marks of days',
    breaks: "An hour's parts are current only once the days are marked that are merged from them.",
    file: foldHour,
    edits: [
      {
        from: '  comparison.published()\n  return attempt.commit(comparison)\n',
        to: '  return settlement\n',
      },
      {
        from: '  const days = comparison.differing.map(',
        to: '  const settlement = await attempt.commit(comparison)\n  const days = comparison.differing.map(',
      },
    ],
  },
]
