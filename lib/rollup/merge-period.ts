import { noFigures, type WorkFigures } from '../contract/figures.ts'
import {
  type Calendar,
  type Definition,
  Leaders,
  mergeRuns,
  type PartRow,
  type SortedRun,
  type Window,
} from '../core/index.ts'
import type { ChangedUnit, ChangedUnits } from '../ledger/changed-units.ts'
import { type PeriodUnit, periodPart } from '../ledger/unit.ts'
import { maxLeaders, type RollupRows } from '../rows/rollup-rows.ts'
import type { SendingWatch } from '../store/table.ts'
import type { Attempt, Settlement } from './attempt.ts'
import type { Comparison } from './comparison.ts'
import type { Deadline } from './deadline.ts'
import { type FinerParts, markLostParts, type Period, readFinerParts } from './finer-parts.ts'
import type { PartRegistry } from './part-registry.ts'
import { PartGone, type Parts } from './parts.ts'
import { periodOfParts } from './unit-of-parts.ts'
import type { Units } from './units.ts'

/** What periods are merged with. */
export interface PeriodMerging {
  readonly definition: Definition
  readonly calendar: Calendar
  readonly deadline: Deadline
  readonly soleProcess: boolean
  readonly units: Units
  readonly stores: {
    readonly registry: Pick<PartRegistry, 'read'>
    readonly parts: Pick<Parts, 'read' | 'list'>
    readonly changed: Pick<ChangedUnits, 'mark' | 'clear'>
    readonly rollups: Pick<RollupRows, 'write' | 'putLeaders'>
  }
}

/** Of the period itself, and of those that it is made of. */
export interface MergedPeriod extends Settlement {
  readonly figures: WorkFigures
}

/**
 * Merges a period's finer parts (a day's hours, a week's or month's days) into its own, writes the
 * rows that changed, and clears its mark. Throws StorageTrouble, Superseded, OutOfTime, PartGone where
 * another run has replaced a finer part meanwhile, or PartLost where nobody has.
 */
export async function mergePeriod(
  merging: PeriodMerging,
  changed: ChangedUnit<PeriodUnit>,
): Promise<MergedPeriod> {
  const period = periodOf(merging, changed.unit)
  const unit = await merging.units.read(periodOfParts(changed.unit))
  const finer = await readFinerParts(merging, period)
  let merged: MergedPeriod
  try {
    await using attempt = await unit.begin()
    merged = await replacePart(merging, period, finer, attempt)
  } catch (failure) {
    if (failure instanceof PartGone) await markLostParts(merging, finer.parts)
    throw failure
  }
  // An attempt marks the coarser periods before its own parts are current.
  const settled = merged.settled && !finer.beingReplaced
  const othersAlive = merged.othersAlive || finer.beingReplaced
  if (settled) await merging.stores.changed.clear(changed)
  return { ...merged, settled, othersAlive }
}

function periodOf({ definition, calendar }: PeriodMerging, unit: PeriodUnit): Period {
  const aggregation = definition.aggregations.find(({ name }) => name === unit.aggregation)
  if (aggregation === undefined) {
    throw new Error(`The definition has no aggregation named ${unit.aggregation}`)
  }
  const window = calendar.windowNamed(unit.kind, unit.period)
  if (window === undefined) {
    throw new Error(`The ledger names a ${unit.kind} that is none: ${unit.period}`)
  }
  return { unit, aggregation, window }
}

async function replacePart(
  merging: PeriodMerging,
  period: Period,
  finer: FinerParts,
  attempt: Attempt,
): Promise<MergedPeriod> {
  const { parts } = merging.stores
  const { aggregation } = period
  const leaders = new Leaders(aggregation, maxLeaders)
  const runs = finer.parts.map(({ part }) => parts.read(part.objectKey))
  await attempt.write(periodPart, showing(leaders, mergeRuns(aggregation, runs)))
  const comparison = await attempt.compare()
  const rollupRowsWritten = comparison.mayDiffer
    ? await writeRows(merging, period, comparison, leaders, attempt.watch)
    : 0
  const settlement = await attempt.commit(comparison)
  return { ...settlement, figures: noFigures({ mergedPeriods: 1, rollupRowsWritten }) }
}

async function* showing(leaders: Leaders, rows: SortedRun): AsyncGenerator<PartRow> {
  for await (const row of rows) {
    leaders.show(row)
    yield row
  }
}

/** Returns how many rows it put or deleted. */
async function writeRows(
  { calendar, deadline, stores }: PeriodMerging,
  { unit, aggregation, window }: Period,
  comparison: Comparison,
  leaders: Leaders,
  watch: SendingWatch,
): Promise<number> {
  const { changed, rollups } = stores
  if (unit.kind === 'day') {
    await changed.mark(coarserUnits(calendar, unit, window), deadline.nowMs())
  }
  const rows = comparison.changedRows()
  const written = await rollups.write(aggregation, window, rows, deadline.nowMs(), watch)
  if (aggregation.rankBy !== undefined) {
    await rollups.putLeaders(aggregation, window, unit.range, leaders.leaders(), watch)
  }
  comparison.published()
  return written
}

/** The week and the month that a day is merged into. */
function coarserUnits(calendar: Calendar, day: PeriodUnit, window: Window): PeriodUnit[] {
  return (['week', 'month'] as const).map((kind) => ({
    ...day,
    kind,
    period: calendar.windowAt(kind, window.fromMs).name,
  }))
}
