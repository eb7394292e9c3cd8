import type { WorkFigures } from '../contract/figures.ts'
import type { ChangedUnit, ChangedUnits } from '../ledger/changed-units.ts'
import type { Unit } from '../ledger/unit.ts'
import { foldHour, type HourFolding } from './fold-hour.ts'
import { mergePeriod, type PeriodMerging } from './merge-period.ts'
import type { RefusedLinesStore } from './refused-lines.ts'
import { BadRequest } from './request.ts'

/** What one unit is worked on with. */
export interface UnitWork extends HourFolding, PeriodMerging {
  readonly stores: HourFolding['stores'] &
    PeriodMerging['stores'] & {
      readonly changed: Pick<ChangedUnits, 'markOne'>
      readonly refusedLines: Pick<RefusedLinesStore, 'list'>
    }
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
export async function workOnUnit(work: UnitWork, unit: Unit): Promise<WorkFigures> {
  checkUnit(work, unit)
  const { deadline, stores } = work
  const mark = <Of extends Unit>(one: Of): Promise<ChangedUnit<Of>> =>
    stores.changed.markOne(one, deadline.nowMs(), deadline.overMs)
  if (unit.kind === 'hour') {
    const notes = await Array.fromAsync(stores.refusedLines.list(unit.hourMs))
    const folded = await foldHour(work, await mark(unit), notes)
    if (folded.othersAlive) throw new NotSettled('The hour may have another worker')
    return folded.figures
  }
  const { othersAlive, figures } = await mergePeriod(work, await mark(unit))
  if (othersAlive) throw new NotSettled(`The ${unit.kind} may have another worker`)
  return figures
}

/** A mark of a unit that is none would fail every scheduled run from then on. */
function checkUnit({ definition, calendar, keyRanges }: UnitWork, unit: Unit): void {
  if (unit.kind === 'hour') return
  const { kind, aggregation, period, range } = unit
  if (!definition.aggregations.some(({ name }) => name === aggregation)) {
    throw new BadRequest(`There is no aggregation ${JSON.stringify(aggregation)}`)
  }
  if (calendar.windowNamed(kind, period) === undefined) {
    throw new BadRequest(`There is no ${kind} ${JSON.stringify(period)} in ${calendar.timeZone}`)
  }
  if (range >= keyRanges) throw new BadRequest(`There are ${keyRanges} key ranges, and no ${range}`)
}
