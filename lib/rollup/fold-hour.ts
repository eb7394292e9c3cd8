import {
  type Aggregation,
  bucketOf,
  encodeState,
  Fold,
  hourMs as hourLengthMs,
  hourName,
  isHourOpen,
  keyMinute,
  type MinuteTotals,
  mergeStates,
  type PartRow,
  type State,
  windowsWithin,
} from '../core/index.ts'
import type { ChangedUnit, HourUnit, PeriodUnit } from '../ledger/changed-units.ts'
import type { HistoryTotal } from '../rows/minute-rows.ts'
import { type FoldedHistory, foldHistory } from './fold-history.ts'
import type { UnitParts } from './part-registry.ts'
import { readUnit } from './read-unit.ts'
import { digestOf, type Replaced, replaceParts, type UnitOfParts } from './replace-parts.ts'
import { checkTimeLeft, type RollupContext } from './rollup-context.ts'
import { acceptanceDigest, type UnreadHour } from './unread-hours.ts'

export interface FoldedHour extends FoldFigures, Replaced {}

type FoldFigures = Pick<FoldedHistory, 'duplicatesDropped' | 'refusedLines'>

/**
 * Folds one hour into a part per aggregation, local day and key range: from history where the hour
 * is over, from minute rows while it is open. Clears its mark, or notes that it waits for its end.
 * `unread` are the hour's notes of lines that were left out, as they were before the fold. Throws
 * StorageTrouble, Superseded or OutOfTime.
 */
export async function foldHour(
  context: RollupContext,
  changed: ChangedUnit<HourUnit>,
  unread: readonly UnreadHour[],
): Promise<FoldedHour> {
  const { hourMs } = changed.unit
  const before = await readBefore(context, hourMs)
  const open = isHourOpen(hourMs, context.nowMs(), context.graceMs)
  const folded = open
    ? await foldMinuteRows(context, hourMs)
    : await withEarlierCorrections(
        context,
        hourMs,
        await foldHistory(context.pipeline, context.stores.history, hourMs, () =>
          checkTimeLeft(context),
        ),
      )
  // Before anything is written, since from then on the mark may be cleared by another's fold.
  if (folded.refusedLines > 0) {
    await context.stores.unread.note(
      hourMs,
      acceptanceDigest(context.pipeline),
      folded.refusedLines,
    )
  }
  const replaced: Replaced[] = []
  for (const aggregation of context.pipeline.aggregations) {
    replaced.push(await replaceHourParts(context, aggregation, hourMs, before, folded))
  }
  const settled = replaced.every((ofOne) => ofOne.settled)
  const othersAlive = replaced.some((ofOne) => ofOne.othersAlive)
  if (settled && open) await context.stores.changed.noteFoldedOpen(changed)
  if (settled && !open) {
    // A note that this fold wrote again, or another since, stays by its token.
    for (const note of unread) await context.stores.unread.clear(note)
    await context.stores.changed.clear(changed)
  }
  const { duplicatesDropped, refusedLines } = folded
  return { settled, othersAlive, duplicatesDropped, refusedLines }
}

type UnitsBefore = ReadonlyMap<Aggregation, UnitParts>

async function readBefore(context: RollupContext, hourMs: number): Promise<UnitsBefore> {
  const before = new Map<Aggregation, UnitParts>()
  for (const aggregation of context.pipeline.aggregations) {
    before.set(aggregation, await readUnit(context, hourUnit(context, aggregation, hourMs)))
  }
  return before
}

function hourUnit(context: RollupContext, aggregation: Aggregation, hourMs: number): UnitOfParts {
  const days = windowsWithin(context.calendar, 'day', hourMs, hourMs + hourLengthMs)
  const ranges = Array.from({ length: context.keyRanges }, (_, range) => range)
  return {
    kind: 'hour',
    unit: `${aggregation.name}#${hourName(hourMs)}`,
    names: days.flatMap((day) => ranges.map((range) => `${day.name}#${range}`)),
    hasRows: false,
  }
}

async function foldMinuteRows(context: RollupContext, hourMs: number): Promise<FoldedHistory> {
  const fold = new Fold(context.pipeline)
  for (const aggregation of context.pipeline.aggregations) {
    for await (const row of context.stores.minutes.readHour(aggregation, hourMs)) {
      checkTimeLeft(context)
      fold.merge(aggregation, row.key, row.minuteMs, row.state)
    }
  }
  return { fold, corrected: new Map(), duplicatesDropped: 0, refusedLines: 0, cuts: [] }
}

/**
 * Where lines are left out, one of them may be why a minute was corrected before. Its exact total
 * still stands for all lanes, so it has to be made anew all the same.
 */
async function withEarlierCorrections(
  { pipeline, stores }: RollupContext,
  hourMs: number,
  folded: FoldedHistory,
): Promise<FoldedHistory> {
  if (folded.refusedLines === 0) return folded
  const corrected = new Map<Aggregation, ReadonlyMap<string, HistoryTotal>>()
  for (const aggregation of pipeline.aggregations) {
    const totals = new Map(folded.corrected.get(aggregation))
    for (const lanes of await stores.minutes.readHourLanes(aggregation, hourMs)) {
      const { key, minuteMs } = lanes
      if (!lanes.corrected) continue
      const state = folded.fold.get(aggregation, key, minuteMs)?.state
      totals.set(keyMinute(key, minuteMs), { key, minuteMs, state })
    }
    corrected.set(aggregation, totals)
  }
  return { ...folded, corrected }
}

async function replaceHourParts(
  context: RollupContext,
  aggregation: Aggregation,
  hourMs: number,
  before: UnitsBefore,
  folded: FoldedHistory,
): Promise<Replaced> {
  const { minutes, changed } = context.stores
  const exact = folded.corrected.get(aggregation)?.values() ?? []
  const unit = hourUnit(context, aggregation, hourMs)
  const rows = hourRows(context, aggregation, folded.fold)
  return replaceParts(context, {
    ...unit,
    before: before.get(aggregation) as UnitParts,
    rows: (name) => rows.get(name),
    async onBegun(watch) {
      await minutes.putHistoryTotals(aggregation, exact, watch)
    },
    async publish(next, current, unfinished) {
      const differing = unit.names.filter(
        (name) =>
          context.rewrite ||
          unfinished.length > 0 ||
          digestOf(next, name) !== digestOf(current, name),
      )
      await changed.mark(differing.map(dayUnit(aggregation)), context.nowMs())
    },
  })
}

function dayUnit(aggregation: Aggregation): (name: string) => PeriodUnit {
  return (name) => {
    const [period = '', range] = name.split('#')
    return { kind: 'day', aggregation: aggregation.name, period, range: Number(range) }
  }
}

/** Minute totals to sorted rows per `<day>#<range>`. */
function hourRows(
  { calendar, keyRanges }: RollupContext,
  aggregation: Aggregation,
  fold: MinuteTotals,
): Map<string, PartRow[]> {
  const parts = new Map<string, Map<string, State>>()
  for (const { aggregation: owner, key, minuteMs, state } of fold.totals()) {
    if (owner !== aggregation) continue
    const name = `${calendar.windowAt('day', minuteMs).name}#${bucketOf(key, keyRanges)}`
    const states = parts.get(name) ?? new Map<string, State>()
    parts.set(name, states)
    const other = states.get(key)
    states.set(key, other === undefined ? state : mergeStates(aggregation, other, state))
  }
  return new Map([...parts].map(([name, states]) => [name, sortedRows(aggregation, states)]))
}

function sortedRows(aggregation: Aggregation, states: ReadonlyMap<string, State>): PartRow[] {
  return [...states]
    .map(([key, state]) => ({ key, state: encodeState(aggregation, state) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
}
