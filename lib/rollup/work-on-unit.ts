import type { Unit } from '../ledger/changed-units.ts'
import { foldHour } from './fold-hour.ts'
import { mergePeriod } from './merge-period.ts'
import { BadRequest } from './request.ts'
import { marginMs, type RollupContext } from './rollup-context.ts'

export interface UnitFigures {
  readonly foldedHours: number
  readonly mergedPeriods: number
  readonly writtenRows: number
  readonly droppedDuplicates: number
  /** Lines of history that the definition of today refuses: no row counts them any more. */
  readonly unreadableLines: number
}

const none: UnitFigures = {
  foldedHours: 0,
  mergedPeriods: 0,
  writtenRows: 0,
  droppedDuplicates: 0,
  unreadableLines: 0,
}

/** Another attempt at the unit may be alive, so its rows may yet change: to be tried again later. */
export class NotSettled extends Error {
  override readonly name = 'NotSettled'
}

/**
 * Computes one unit anew, as a worker of a backfill. The unit is marked as changed first, held back
 * from scheduled runs while this worker may be alive: should it crash, the schedule finds the unit.
 * So it does where a sending of this worker may come late, to compare once more without writing all.
 * Throws NotSettled, BadRequest where there is no such unit, or whatever kept it from being done.
 */
export async function workOnUnit(context: RollupContext, unit: Unit): Promise<UnitFigures> {
  checkUnit(context, unit)
  const heldUntilMs = context.deadlineMs + marginMs
  const mark = <Of extends Unit>(one: Of) =>
    context.stores.changed.markOne(one, context.nowMs(), heldUntilMs)
  if (unit.kind === 'hour') {
    const notes = await Array.fromAsync(context.stores.unread.list(unit.hourMs))
    const folded = await foldHour(context, await mark(unit), notes)
    if (folded.othersAlive) throw new NotSettled('The hour may have another worker')
    const { duplicatesDropped: droppedDuplicates, refusedLines: unreadableLines } = folded
    return { ...none, foldedHours: 1, droppedDuplicates, unreadableLines }
  }
  const { othersAlive, writtenRows } = await mergePeriod(context, await mark(unit))
  if (othersAlive) throw new NotSettled(`The ${unit.kind} may have another worker`)
  return { ...none, mergedPeriods: 1, writtenRows }
}

/** A mark of a unit that is none would fail every scheduled run from then on. */
function checkUnit({ pipeline, calendar, keyRanges }: RollupContext, unit: Unit): void {
  if (unit.kind === 'hour') return
  const { kind, aggregation, period, range } = unit
  if (!pipeline.aggregations.some(({ name }) => name === aggregation)) {
    throw new BadRequest(`There is no aggregation ${JSON.stringify(aggregation)}`)
  }
  if (calendar.windowNamed(kind, period) === undefined) {
    throw new BadRequest(`There is no ${kind} ${JSON.stringify(period)} in ${calendar.timeZone}`)
  }
  if (range >= keyRanges) throw new BadRequest(`There are ${keyRanges} key ranges, and no ${range}`)
}
