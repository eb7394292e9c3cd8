import { noFigures, type WorkFigures } from '../contract/figures.ts'
import {
  type Aggregation,
  bucketOf,
  type Calendar,
  type Definition,
  encodeState,
  Fold,
  hourMs as hourLengthMs,
  isHourOpen,
  keyMinute,
  type MinuteTotals,
  mergeStates,
  type PartRow,
  type State,
  windowsWithin,
} from '../core/index.ts'
import type { ChangedUnit, ChangedUnits } from '../ledger/changed-units.ts'
import { dayOfHourPart, type HourUnit, hourPart } from '../ledger/unit.ts'
import type { History } from '../records/history.ts'
import type { Correction, MinuteRows } from '../rows/minute-rows.ts'
import type { Attempt, Settlement } from './attempt.ts'
import type { Deadline } from './deadline.ts'
import { type FoldedHistory, foldHistory } from './fold-history.ts'
import { acceptanceDigest, type RefusedLines, type RefusedLinesStore } from './refused-lines.ts'
import { hourOfParts } from './unit-of-parts.ts'
import type { ReadUnit, Units } from './units.ts'

/** What hours are folded with. */
export interface HourFolding {
  readonly definition: Definition
  readonly calendar: Calendar
  readonly keyRanges: number
  /** How long after its end an hour is still taken from minute rows. */
  readonly graceMs: number
  readonly deadline: Deadline
  readonly units: Units
  readonly stores: {
    readonly history: Pick<History, 'read'>
    readonly minutes: Pick<MinuteRows, 'readHour' | 'readHourLanes' | 'putCorrections'>
    readonly changed: Pick<ChangedUnits, 'mark' | 'clear' | 'noteFoldedOpen'>
    readonly refusedLines: Pick<RefusedLinesStore, 'note' | 'clear'>
  }
}

export interface FoldedHour extends Settlement {
  readonly figures: WorkFigures
}

/**
 * Folds one hour into a part per aggregation, local day and key range: from history where the hour
 * is over, from minute rows while it is open. Clears its mark, or notes that it waits for its end.
 * `refused` are the hour's notes of lines that were left out, as they were before the fold. Throws
 * StorageTrouble, Superseded or OutOfTime.
 */
export async function foldHour(
  folding: HourFolding,
  changed: ChangedUnit<HourUnit>,
  refused: readonly RefusedLines[],
): Promise<FoldedHour> {
  const { definition, deadline, graceMs, stores } = folding
  const { hourMs } = changed.unit
  const units = await readUnits(folding, hourMs)
  const open = isHourOpen(hourMs, deadline.nowMs(), graceMs)
  const folded = open ? await foldMinuteRows(folding, hourMs) : await foldEvents(folding, hourMs)
  // Before anything is written, since from then on the mark may be cleared by another's fold.
  if (folded.refusedLines > 0) {
    await stores.refusedLines.note(hourMs, acceptanceDigest(definition), folded.refusedLines)
  }
  const settlements: Settlement[] = []
  for (const [aggregation, unit] of units) {
    await using attempt = await unit.begin()
    settlements.push(await replaceParts(folding, aggregation, folded, attempt))
  }
  const settled = settlements.every((ofOne) => ofOne.settled)
  const othersAlive = settlements.some((ofOne) => ofOne.othersAlive)
  if (settled && open) await stores.changed.noteFoldedOpen(changed)
  if (settled && !open) {
    // A note that this fold wrote again, or another since, stays by its token.
    for (const note of refused) await stores.refusedLines.clear(note)
    await stores.changed.clear(changed)
  }
  const { duplicatesDropped, refusedLines } = folded
  const figures = noFigures({ foldedHours: 1, duplicatesDropped, refusedLines })
  return { settled, othersAlive, figures }
}

async function readUnits(
  { definition, calendar, keyRanges, units }: HourFolding,
  hourMs: number,
): Promise<Map<Aggregation, ReadUnit>> {
  const days = windowsWithin(calendar, 'day', hourMs, hourMs + hourLengthMs).map(({ name }) => name)
  const read = new Map<Aggregation, ReadUnit>()
  for (const aggregation of definition.aggregations) {
    read.set(aggregation, await units.read(hourOfParts(aggregation.name, hourMs, days, keyRanges)))
  }
  return read
}

async function foldMinuteRows(
  { definition, deadline, stores }: HourFolding,
  hourMs: number,
): Promise<FoldedHistory> {
  const fold = new Fold(definition)
  for (const aggregation of definition.aggregations) {
    for await (const row of stores.minutes.readHour(aggregation, hourMs)) {
      deadline.checkToRead()
      fold.merge(aggregation, row.key, row.minuteMs, row.state)
    }
  }
  return { fold, corrections: new Map(), duplicatesDropped: 0, refusedLines: 0, cuts: [] }
}

/** The hour's history, with the corrections of its minute rows that follow from it. */
async function foldEvents(folding: HourFolding, hourMs: number): Promise<FoldedHistory> {
  const { definition, deadline, stores } = folding
  const inTime = () => deadline.checkToRead()
  const folded = await foldHistory(definition, stores.history, hourMs, inTime)
  // Where lines are left out, one of them may be why a minute was corrected before. Its correction
  // still stands for all lanes, so it has to be made anew all the same.
  return folded.refusedLines === 0 ? folded : withEarlierCorrections(folding, hourMs, folded)
}

async function withEarlierCorrections(
  { definition, stores }: HourFolding,
  hourMs: number,
  folded: FoldedHistory,
): Promise<FoldedHistory> {
  const corrections = new Map<Aggregation, ReadonlyMap<string, Correction>>()
  for (const aggregation of definition.aggregations) {
    const ofOne = new Map(folded.corrections.get(aggregation))
    for (const lanes of await stores.minutes.readHourLanes(aggregation, hourMs)) {
      const { key, minuteMs } = lanes
      if (!lanes.corrected) continue
      const state = folded.fold.get(aggregation, key, minuteMs)?.state
      ofOne.set(keyMinute(key, minuteMs), { key, minuteMs, state })
    }
    corrections.set(aggregation, ofOne)
  }
  return { ...folded, corrections }
}

async function replaceParts(
  { calendar, keyRanges, deadline, stores }: HourFolding,
  aggregation: Aggregation,
  { fold, corrections }: FoldedHistory,
  attempt: Attempt,
): Promise<Settlement> {
  const ofOne = corrections.get(aggregation)?.values() ?? []
  await stores.minutes.putCorrections(aggregation, ofOne, attempt.watch)
  const rows = rowsByPart(calendar, keyRanges, aggregation, fold)
  for (const name of attempt.partNames) {
    const ofPart = rows.get(name)
    if (ofPart !== undefined) await attempt.write(name, ofPart)
  }
  const comparison = await attempt.compare()
  const days = comparison.differing.map((name) => dayOfHourPart(aggregation.name, name))
  await stores.changed.mark(days, deadline.nowMs())
  comparison.published()
  return attempt.commit(comparison)
}

/** Minute totals to sorted rows by the name of their part. */
function rowsByPart(
  calendar: Calendar,
  keyRanges: number,
  aggregation: Aggregation,
  fold: MinuteTotals,
): Map<string, PartRow[]> {
  const parts = new Map<string, Map<string, State>>()
  for (const { aggregation: owner, key, minuteMs, state } of fold.totals()) {
    if (owner !== aggregation) continue
    const day = calendar.windowAt('day', minuteMs).name
    const name = hourPart(day, bucketOf(key, keyRanges))
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
