import type { Unit } from '../../lib/aws/ledger/changed-units.ts'
import { foldHour } from './fold-hour.ts'
import { mergePeriod } from './merge-period.ts'
import { marginMs, type RollupContext } from './rollup-context.ts'

export interface UnitFigures {
  readonly foldedHours: number
  readonly mergedPeriods: number
  readonly writtenRows: number
  readonly droppedDuplicates: number
}

/** Another attempt at the unit may be alive, so its rows may yet change: to be tried again later. */
export class NotSettled extends Error {
  override readonly name = 'NotSettled'
}

/**
 * Computes one unit anew, as a worker of a backfill. The unit is marked as changed first, held back
 * from scheduled runs while this worker may be alive: should it crash, the schedule finds the unit.
 * Throws NotSettled, or whatever kept the unit from being done.
 */
export async function workOnUnit(context: RollupContext, unit: Unit): Promise<UnitFigures> {
  const heldUntilMs = context.deadlineMs + marginMs
  const mark = <Of extends Unit>(one: Of) =>
    context.stores.changed.markOne(one, context.nowMs(), heldUntilMs)
  const none = { foldedHours: 0, mergedPeriods: 0, writtenRows: 0, droppedDuplicates: 0 }
  if (unit.kind === 'hour') {
    const notes = await Array.fromAsync(context.stores.unread.list(unit.hourMs))
    const { settled, droppedDuplicates } = await foldHour(context, await mark(unit), notes)
    if (!settled) throw new NotSettled('The hour may have another worker')
    return { ...none, foldedHours: 1, droppedDuplicates }
  }
  const { settled, writtenRows } = await mergePeriod(context, await mark(unit))
  if (!settled) throw new NotSettled(`The ${unit.kind} may have another worker`)
  return { ...none, mergedPeriods: 1, writtenRows }
}
