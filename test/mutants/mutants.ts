import { eventMutants } from './event-mutants.ts'
import type { Mutant } from './mutant.ts'
import { rollupMutants } from './rollup-mutants.ts'
import { totalMutants } from './total-mutants.ts'
import { valueMutants } from './value-mutants.ts'
import { windowMutants } from './window-mutants.ts'

const engineDecodeBatch = 'lib/core/engine/engine-decode-batch.ts'
const applyBatch = 'lib/stream/apply-batch.ts'
const appendHistory = `  await pMap(eventsByHour, ([hourMs, lines]) => stores.history.append(cut, hourMs, lines), {
    concurrency: historyConcurrency,
  })
`
const applyRows =
  '  const rows = await stores.exactlyOnceMinutes.apply(shard, decoded, records.sequenceNumbers)\n'
const markHours = '  await stores.changed.mark(hourUnits(eventsByHour.keys()), nowMs)\n'

/** Every one of these must be noticed. */
export const mutants: readonly Mutant[] = [
  {
    name: 'condition on `through` removed',
    breaks: 'A row is put only where it is as it was read, so two writers count no record twice.',
    file: 'lib/rows/exactly-once-minutes.ts',
    edits: [{ from: 'table.put(item, conditionOn(known))', to: 'table.put(item)' }],
  },
  {
    name: 'a batch folded whole, from whatever line',
    breaks: 'The totals of a batch from a line on hold no event before it.',
    file: engineDecodeBatch,
    edits: [{ from: 'new FoldFrom(totals, fromLine)', to: 'new FoldFrom(totals, fromLine && 0)' }],
  },
  {
    name: 'a batch folded without the line that it begins at',
    breaks: 'The totals of a batch from a line on hold the event of that line.',
    file: engineDecodeBatch,
    edits: [{ from: 'new FoldFrom(totals, fromLine)', to: 'new FoldFrom(totals, fromLine + 1)' }],
  },
  {
    name: 'what a row lacks begins one record too late',
    breaks: 'A row lacks all that came after the last record in it, and nothing else.',
    file: 'lib/rows/exactly-once-minutes.ts',
    edits: [{ from: 'known.through)).get(', to: 'known.through) + 1).get(' }],
  },
  {
    name: '`through` compared as text',
    breaks:
      'Sequence numbers are compared as numbers, so no record is taken for one that is in a row already.',
    file: 'lib/core/sequence-number.ts',
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
    file: 'lib/ledger/changed-units.ts',
    edits: [
      {
        from: "clear: ({ unit, token }) => table.delete(keyOfMark(unit), [marks.is('token', token)]),",
        to: 'clear: async ({ unit }) => (await table.writeAll([{ delete: keyOfMark(unit) }])) > 0,',
      },
    ],
  },
  {
    name: 'a mark that is sent again put over a newer one',
    breaks: 'A mark that is sent again goes over no newer one.',
    file: 'lib/ledger/put-new-token.ts',
    edits: [{ from: 'table.put(item, asSeen(seen))', to: 'table.put(item, seen && undefined)' }],
  },
  {
    name: 'redrive in the shard’s own lane',
    breaks:
      "Events that are put back have a lane of their own, since the shard's has gone past them.",
    file: 'lib/records/history.ts',
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
    file: 'emulator/event-source-mapping/shard-order.ts',
    edits: [
      {
        from: '!isFinished(shardId) && parentIds.every((id) => !present.has(id) || isFinished(id)),',
        to: '!isFinished(shardId),',
      },
    ],
  },
  {
    name: 'notes of refused lines cleared without the token',
    breaks: 'A note of lines that were left out is cleared only as it was read.',
    file: 'lib/rollup/refused-lines.ts',
    edits: [
      {
        from: "[notes.is('token', token)]",
        to: "[notes.below('lines', 1_000_000)]",
      },
    ],
  },
  {
    name: 'corrections passed over by readers',
    breaks:
      "Where a minute is corrected, readers take the correction in place of the shards' lanes.",
    file: 'lib/rows/minute-lanes.ts',
    edits: [{ from: 'correction === undefined ? shards : correction.state', to: 'shards' }],
  },
  {
    name: "a leader under another one's key",
    breaks: 'Leaders of a period stand under their own keys.',
    file: 'lib/rows/stored-leaders.ts',
    edits: [
      {
        from: 'return { key, rank: rankText,',
        to: 'return { key: leaders[0]?.key ?? key, rank: rankText,',
      },
    ],
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
    edits: [{ from: 'refusedLines += note.lines', to: 'refusedLines += 0' }],
  },
  ...rollupMutants,
  ...eventMutants,
  ...valueMutants,
  ...totalMutants,
  ...windowMutants,
]
