/** One promise of the pipeline, broken by a change of its source. */
export interface Mutant {
  readonly name: string
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
const publish = `  if (changed || unfinished.length > 0 || context.rewrite) {
    await replacement.publish(written, begun.current, unfinished)
  }
`
const cleanUp = '  await parts.remove(replaced)\n  return'

const foldHour = 'functions/batch-rollup/fold-hour.ts'

const mergePeriod = 'functions/batch-rollup/merge-period.ts'
const readUnit = 'functions/batch-rollup/read-unit.ts'
const foldHistory = 'lib/aws/fold-history.ts'

const readHourBefore = '  const before = await readBefore(context, hourMs)\n'
const noteUnread = '  // Before anything is written, since from then on'
const readPeriodBefore = '  const before = await readUnit(context, ofParts)\n'
const readFiner = '  const finer = await finerParts(context, aggregation, window, unit.range)\n'

/** Every one of these must make the simulation fail. */
export const mutants: readonly Mutant[] = [
  {
    name: 'condition on `through` removed',
    file: 'lib/aws/exactly-once-minutes.ts',
    edits: [{ from: 'table.put(item, conditionOn(known))', to: 'table.put(item)' }],
  },
  {
    name: '`through` compared as text',
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
    file: applyBatch,
    edits: [
      { from: appendHistory, to: '' },
      { from: applyRows, to: applyRows + appendHistory },
    ],
  },
  {
    name: 'ledger bumped first',
    file: applyBatch,
    edits: [
      { from: markHours, to: '' },
      { from: appendHistory, to: markHours + appendHistory },
    ],
  },
  {
    name: 'ledger cleared without the token',
    file: 'lib/aws/ledger/changed-units.ts',
    edits: [
      {
        from: 'clear: ({ unit, token }) => table.delete(keyOf(unit), atToken(token)),',
        to: 'clear: async ({ unit }) => (await table.writeAll([{ delete: keyOf(unit) }])) > 0,',
      },
    ],
  },
  {
    name: 'a mark that is sent again put over a newer one',
    file: 'lib/aws/ledger/put-new-token.ts',
    edits: [{ from: 'table.put(item, asSeen(seen))', to: 'table.put(item, seen && undefined)' }],
  },
  {
    name: 'merge adds instead of replaces',
    file: mergePeriod,
    edits: [
      {
        from: 'finer.parts.map(readPart(context))',
        to: '[...finer.parts, ...before.current].map(readPart(context))',
      },
    ],
  },
  {
    name: 'part replaced before its rows are written',
    file: replaceParts,
    edits: [
      { from: publish, to: '' },
      { from: cleanUp, to: `${publish}${cleanUp}` },
    ],
  },
  {
    name: 'the mark of an unfinished write ignored',
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
    file: 'functions/batch-rollup/rollup-context.ts',
    edits: [{ from: 'if (nowMs() >= deadlineMs) throw', to: 'if (nowMs() < 0) throw' }],
  },
  {
    name: 'lines left out by a former definition forgotten',
    file: foldHour,
    edits: [{ from: 'if (folded.unreadable > 0) {', to: 'if (folded.unreadable < 0) {' }],
  },
  {
    name: 'registry of an hour read after its inputs',
    file: foldHour,
    edits: [
      { from: readHourBefore, to: '' },
      { from: noteUnread, to: readHourBefore + noteUnread },
    ],
  },
  {
    name: 'registry of a period read after its inputs',
    file: mergePeriod,
    edits: [
      { from: readPeriodBefore, to: '' },
      { from: readFiner, to: readFiner + readPeriodBefore },
    ],
  },
  {
    name: 'parts made current past the deadline',
    file: replaceParts,
    edits: [
      {
        from: 'begun, next, () => checkTime(context))',
        to: 'begun, next)',
      },
    ],
  },
  {
    name: 'week merged into month',
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
    file: foldHistory,
    edits: [{ from: 'if (isDuplicate || isRedriven(cut)) {', to: 'if (isDuplicate) {' }],
  },
  {
    name: 'duplicates not dropped',
    file: foldHistory,
    edits: [{ from: 'const isDuplicate = ids.has(event.id)', to: 'const isDuplicate = false' }],
  },
  {
    name: 'all dead attempts taken for partless',
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
    file: 'lib/aws/minute-lanes.ts',
    edits: [{ from: 'exact === undefined ? shards : exact.state', to: 'shards' }],
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
