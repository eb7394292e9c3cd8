import { type Calendar, isHourOpen, isWindowOpen } from '../core/index.ts'
import type { ChangedUnit, ChangedUnits } from '../ledger/changed-units.ts'
import { type HourUnit, type PeriodUnit, unitName } from '../ledger/unit.ts'
import type { Deadline } from './deadline.ts'
import type { PartRegistry } from './part-registry.ts'

/** What units are planned with. */
export interface Planning {
  readonly calendar: Calendar
  readonly deadline: Deadline
  readonly graceMs: number
  /** Weeks and months that are not over are merged again after this long at the earliest. */
  readonly openPeriodEveryMs: number
  /** Neither the lease of an earlier run nor what a backfill's workers hold is waited for. */
  readonly takeOver: boolean
  readonly stores: {
    readonly changed: Pick<ChangedUnits, 'list'>
    readonly registry: Pick<PartRegistry, 'read'>
  }
}

/** The changed hours that can be folded now, oldest first. */
export async function plannedHours(planning: Planning): Promise<ChangedUnit<HourUnit>[]> {
  const { deadline, graceMs, stores } = planning
  const planned: ChangedUnit<HourUnit>[] = []
  const isOpen = (hourMs: number) => isHourOpen(hourMs, deadline.nowMs(), graceMs)
  for await (const changed of stores.changed.list('hour')) {
    const waits = changed.foldedOpen && isOpen(changed.unit.hourMs)
    if (!waits && !isHeld(planning, changed)) planned.push(changed)
  }
  return planned
}

/** The changed periods of a grain that can be merged now, oldest first. */
export async function plannedPeriods(
  planning: Planning,
  grain: PeriodUnit['kind'],
): Promise<ChangedUnit<PeriodUnit>[]> {
  const planned: ChangedUnit<PeriodUnit>[] = []
  for await (const changed of planning.stores.changed.list(grain)) {
    const waits = isHeld(planning, changed) || (await waitsItsTurn(planning, changed.unit))
    if (!waits) planned.push(changed)
  }
  return planned
}

/** Every unit that could be worked on now. */
export async function allPlanned(planning: Planning): Promise<ChangedUnit[]> {
  const planned = await Promise.all([
    plannedHours(planning),
    plannedPeriods(planning, 'day'),
    plannedPeriods(planning, 'week'),
    plannedPeriods(planning, 'month'),
  ])
  return planned.flat()
}

/** A worker has it. Whoever takes over does it all the same; the mark of the worker's attempt stays. */
function isHeld({ takeOver, deadline }: Planning, { heldUntilMs }: ChangedUnit): boolean {
  return !takeOver && heldUntilMs > deadline.nowMs()
}

/** Rows of a week or month that is not over change all the time, and each write is paid for. */
async function waitsItsTurn(
  { calendar, deadline, graceMs, openPeriodEveryMs, stores }: Planning,
  unit: PeriodUnit,
): Promise<boolean> {
  if (unit.kind === 'day') return false
  const window = calendar.windowNamed(unit.kind, unit.period)
  if (window === undefined || !isWindowOpen(window, deadline.nowMs(), graceMs)) return false
  const { committedMs } = await stores.registry.read(unit.kind, unitName(unit))
  return deadline.nowMs() < committedMs + openPeriodEveryMs
}
