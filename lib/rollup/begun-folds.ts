import { hourName, isHourOpen } from '../core/index.ts'
import type { ChangedUnit, HourUnit } from '../ledger/changed-units.ts'
import type { Log } from '../log/log.ts'
import { OutOfTime, type RollupContext } from './rollup-context.ts'
import { type Outcome, workOff } from './work-off.ts'

type ChangedHour = ChangedUnit<HourUnit>

/** Hours that are read at the same time, and so held in memory. */
export const hoursUnderWay = 4

/** How often the fold of an hour has begun since it last came to an end, by hour. */
export type TimesBegun = ReadonlyMap<number, number>

export async function timesBegun({ stores }: RollupContext): Promise<TimesBegun> {
  const begun = await Array.fromAsync(stores.begun.list())
  return new Map(begun.map(({ hourMs, times }) => [hourMs, times]))
}

/**
 * Folds the hours that can be read beside others. Returns those to be read alone, and after all that
 * does not need them: large ones, then those whose fold has begun before and not come to an end, the
 * least tried first, then the oldest. So neither what takes all of a run's time nor what ends its
 * process keeps a run from anything else for long.
 */
export async function foldBesideOthers(
  context: RollupContext,
  planned: readonly ChangedHour[],
  times: TimesBegun,
  outcome: Outcome,
  fold: (changed: ChangedHour) => Promise<boolean>,
): Promise<ChangedHour[]> {
  const timesOf = ({ unit }: ChangedHour) => times.get(unit.hourMs) ?? 0
  const alone = new Set(planned.filter((changed) => timesOf(changed) > 0))
  const others = planned.filter((changed) => !alone.has(changed))
  await workOff(context, others, hoursUnderWay, outcome, async (changed) => {
    if (!(await isLarge(context, changed))) return fold(changed)
    alone.add(changed)
    return false
  })
  const oldestFirst = planned.filter((changed) => alone.has(changed))
  return oldestFirst.sort((a, b) => timesOf(a) - timesOf(b))
}

async function isLarge(context: RollupContext, { unit }: ChangedHour): Promise<boolean> {
  if (isHourOpen(unit.hourMs, context.nowMs(), context.graceMs)) return false
  return context.stores.history.isLarge(unit.hourMs)
}

/** Does the fold of an hour under a note that it has begun, which stays should it not end. */
export async function underNote<Folded>(
  { stores }: RollupContext,
  hourMs: number,
  times: TimesBegun,
  log: Log,
  fold: () => Promise<Folded>,
): Promise<Folded> {
  const begun = { hourMs, times: (times.get(hourMs) ?? 0) + 1 }
  await stores.begun.note(begun)
  let folded: Folded
  try {
    folded = await fold()
  } catch (cause) {
    if (cause instanceof OutOfTime) {
      log('info', 'no time left to fold an hour', { hour: hourName(hourMs), times: begun.times })
    } else {
      // What counts is the failure of the fold; a note that is left only sends the hour to the end.
      await stores.begun.clear(hourMs).catch(() => undefined)
    }
    throw cause
  }
  await stores.begun.clear(hourMs)
  return folded
}

/** Tells which of the hours had their fold begun in earlier runs, and not come to an end. */
export function logUnended(planned: readonly ChangedHour[], times: TimesBegun, log: Log): void {
  for (const { unit } of planned) {
    const begun = times.get(unit.hourMs)
    if (begun === undefined) continue
    const fields = { hour: hourName(unit.hourMs), times: begun }
    log('error', 'the fold of an hour did not end', fields)
  }
}
