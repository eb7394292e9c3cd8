import type { ChangedUnit, HourUnit } from '../../lib/aws/ledger/changed-units.ts'
import { isOpen } from './fold-hour.ts'
import type { RollupContext } from './rollup-context.ts'
import { type UnitFailure, workOff } from './work-off.ts'

type ChangedHour = ChangedUnit<HourUnit>

/** Hours that are read at the same time, and so held in memory. */
export const hoursUnderWay = 4

/**
 * Folds the hours that can be read beside others. Returns those that can't, oldest first. Hours that
 * fail are added to `failures`.
 */
export async function foldBesideOthers(
  context: RollupContext,
  planned: readonly ChangedHour[],
  failures: UnitFailure[],
  fold: (changed: ChangedHour) => Promise<void>,
): Promise<ChangedHour[]> {
  const large = new Set<ChangedHour>()
  await workOff(context, planned, hoursUnderWay, failures, async (changed) => {
    if (await isLarge(context, changed)) large.add(changed)
    else await fold(changed)
  })
  return planned.filter((changed) => large.has(changed))
}

/** Folds hours one after the other. */
export async function foldAlone(
  context: RollupContext,
  hours: readonly ChangedHour[],
  failures: UnitFailure[],
  fold: (changed: ChangedHour) => Promise<void>,
): Promise<void> {
  await workOff(context, hours, 1, failures, fold)
}

async function isLarge(context: RollupContext, { unit }: ChangedHour): Promise<boolean> {
  if (isOpen(context, unit.hourMs)) return false
  return context.stores.history.isLarge(unit.hourMs)
}
