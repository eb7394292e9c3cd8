/** One promise of the pipeline, broken by a change of its source. */
export interface Mutant {
  readonly name: string
  /** The promise. */
  readonly breaks?: string
  readonly file: string
  /** Each stands exactly once in the file, and is put in place of the other. */
  readonly edits: readonly { readonly from: string; readonly to: string }[]
}

const applyBatch = 'functions/stream-aggregate/apply-batch.ts'
const appendHistory = `  await pMap(eventsByHour, ([hourMs, lines]) => stores.history.append(cut, hourMs, lines), {
    concurrency: historyConcurrency,
  })
`
const applyRows =
  '  const rows = await stores.exactlyOnceMinutes.apply(shard, fold.totals(), events)\n'
const markHours = `  const hours = [...eventsByHour.keys()].map((hourMs) => ({ kind: 'hour', hourMs }) as const)
  await stores.changed.mark(hours, nowMs)
`

const replaceParts = 'functions/batch-rollup/replace-parts.ts'
const publish = `  if (isReplaced || unfinished.length > 0) {
    await replacement.publish(written, begun.current, unfinished)
  }
`
const cleanUp = '  await parts.remove(replaced)\n  return'

const foldHour = 'functions/batch-rollup/fold-hour.ts'

const mergePeriod = 'functions/batch-rollup/merge-period.ts'
const readUnit = 'functions/batch-rollup/read-unit.ts'
const foldHistory = 'lib/aws/fold-history.ts'

/** Every one of these must make the simulation fail. */
export const mutants: readonly Mutant[] = [
  {
    name: 'condition on `through` removed',
    breaks: 'A row is put only where it is as it was read, so two writers count no record twice.',
    file: 'lib/aws/exactly-once-minutes.ts',
    edits: [{ from: 'table.put(item, conditionOn(known))', to: 'table.put(item)' }],
  },
  {
    name: '`through` compared as text',
    breaks:
      'Sequence numbers are compared as numbers, so no record is taken for one that is in a row already.',
    file: 'lib/aws/sequence-number.ts',
    edits: [
      {
        from: '  if (left.length !== right.length) return left.length - right.length\n',
        to: '',
      },
    ],
  },
  {
    name: 'history written after minute rows',
    breaks: 'History always holds at least what minute rows hold.',
    file: applyBatch,
    edits: [
      { from: appendHistory, to: '' },
      { from: applyRows, to: applyRows + appendHistory },
    ],
  },
  {
    name: 'ledger bumped first',
    breaks: 'An hour is marked as changed only once what changed it can be read.',
    file: applyBatch,
    edits: [
      { from: markHours, to: '' },
      { from: appendHistory, to: markHours + appendHistory },
    ],
  },
  {
    name: 'ledger cleared without the token',
    breaks: 'A mark that was put while its hour was folded stays for the next run.',
    file: 'lib/aws/ledger/changed-units.ts',
    edits: [
      {
        from: 'clear: ({ unit, token }) => table.delete(keyOf(unit), atToken(token)),',
        to: 'clear: async ({ unit }) => (await table.writeAll([{ delete: keyOf(unit) }])) > 0,',
      },
    ],
  },
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
    name: 'redrive in the shard’s own lane',
    breaks:
      "Events that are put back have a lane of their own, since the shard's has gone past them.",
    file: 'lib/aws/history.ts',
    edits: [
      {
        from: 'redrivenLane = (shard: string) =>',
        to: 'redrivenLane = (shard: string) => shard || ',
      },
    ],
  },
  {
    name: 'parents not drained first',
    breaks: 'A shard is read only once those that it came from are read to their end.',
    file: 'local/event-source-mapping/shard-order.ts',
    edits: [
      {
        from: '!isFinished(shardId) && parentIds.every((id) => !present.has(id) || isFinished(id)),',
        to: '!isFinished(shardId),',
      },
    ],
  },
  {
    name: 'a run writes on past its deadline',
    breaks: 'A run writes nothing once its time is over and another may have its lease.',
    file: 'functions/batch-rollup/rollup-context.ts',
    edits: [{ from: 'if (nowMs() >= deadlineMs) throw', to: 'if (nowMs() < 0) throw' }],
  },
  {
    name: 'lines left out by a former definition forgotten',
    breaks: 'Lines that a definition refuses are noted, and counted once a later one takes them.',
    file: foldHour,
    edits: [{ from: 'if (folded.unreadable > 0) {', to: 'if (folded.unreadable < 0) {' }],
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
    file: foldHistory,
    edits: [{ from: 'if (isDuplicate || isRedriven(cut)) {', to: 'if (isDuplicate) {' }],
  },
  {
    name: 'duplicates not dropped',
    breaks: 'An event that its producer sent twice counts once.',
    file: foldHistory,
    edits: [{ from: 'const isDuplicate = ids.has(event.id)', to: 'const isDuplicate = false' }],
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
  {
    name: 'notes of unread lines cleared without the token',
    breaks: 'A note of lines that were left out is cleared only as it was read.',
    file: 'lib/aws/ledger/unread-hours.ts',
    edits: [
      {
        from: "{ attribute: 'token', is: '=', value: { S: token } },",
        to: "{ attribute: 'lines', is: '<', value: { N: '1000000' } },",
      },
    ],
  },
  {
    name: 'exact totals passed over by readers',
    breaks: "Where there are exact totals of a minute, readers take these in place of the shards'.",
    file: 'lib/aws/minute-lanes.ts',
    edits: [{ from: 'exact === undefined ? shards : exact.state', to: 'shards' }],
  },
  {
    name: "a leader under another one's key",
    breaks: 'Leaders of a period stand under their own keys.',
    file: 'lib/aws/rollup-rows.ts',
    edits: [{ from: 'M: { key: { S: key }', to: 'M: { key: { S: rows[0]?.key ?? key }' }],
  },
  {
    name: 'verify passes rejects over',
    breaks: 'Verify explains a row by the rejected records that wait to be put back.',
    file: 'lib/verify/compare-hour.ts',
    edits: [{ from: 'rejected.isEmpty\n', to: 'rejected !== undefined\n' }],
  },
  {
    name: 'verify passes notes of left-out lines over',
    breaks: 'Verify explains a row by the lines that its hour was folded without.',
    file: 'lib/verify/due-fold.ts',
    edits: [{ from: 'leftOutLines += note.lines', to: 'leftOutLines += 0' }],
  },
]

/** The source with the mutant's edits. Throws where one of them does not fit exactly once. */
export function mutate({ name, edits }: Mutant, source: string): string {
  return edits.reduce((text, { from, to }) => {
    const [before, after, ...more] = text.split(from)
    if (before === undefined || after === undefined || more.length > 0) {
      throw new Error(`The mutant "${name}" does not fit its source any more: ${from}`)
    }
    return before + to + after
  }, source)
}
