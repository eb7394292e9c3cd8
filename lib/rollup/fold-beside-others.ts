import { isHourOpen } from '../core/index.ts'
import type { ChangedUnit } from '../ledger/changed-units.ts'
import type { HourUnit } from '../ledger/unit.ts'
import type { History } from '../records/history.ts'
import type { Deadline } from './deadline.ts'
import type { TimesBegun } from './unfinished-folds.ts'
import { type Outcome, workOff } from './work-off.ts'

type ChangedHour = ChangedUnit<HourUnit>

/** Hours that are read at the same time, and so held in memory. */
const hoursUnderWay = 4

/** What hours are told apart with. */
export interface FoldingBesideOthers {
  readonly graceMs: number
  readonly deadline: Deadline
  readonly stores: { readonly history: Pick<History, 'isLarge'> }
}

/**
 * Folds the hours that can be read beside others. Returns those to be read alone, and after all that
 * does not need them: large ones, then those whose fold is unfinished from earlier runs, the least
 * tried first, then the oldest. So neither what takes all of a run's time nor what ends its process
 * keeps a run from anything else for long.
 */
export async function foldBesideOthers(
  folding: FoldingBesideOthers,
  planned: readonly ChangedHour[],
  times: TimesBegun,
  outcome: Outcome,
  fold: (changed: ChangedHour) => Promise<boolean>,
): Promise<ChangedHour[]> {
  const timesOf = ({ unit }: ChangedHour) => times.get(unit.hourMs) ?? 0
  const alone = new Set(planned.filter((changed) => timesOf(changed) > 0))
  const others = planned.filter((changed) => !alone.has(changed))
  await workOff(folding.deadline, others, hoursUnderWay, outcome, async (changed) => {
    if (!(await isLarge(folding, changed))) return fold(changed)
    alone.add(changed)
    return false
  })
  const oldestFirst = planned.filter((changed) => alone.has(changed))
  return oldestFirst.sort((a, b) => timesOf(a) - timesOf(b))
}

async function isLarge(
  { graceMs, deadline, stores }: FoldingBesideOthers,
  { unit }: ChangedHour,
): Promise<boolean> {
  if (isHourOpen(unit.hourMs, deadline.nowMs(), graceMs)) return false
  return stores.history.isLarge(unit.hourMs)
}
