import { isHourOpen, isWindowOpen } from '../core/index.ts'
import {
  type ChangedUnit,
  type HourUnit,
  type PeriodUnit,
  unitName,
} from '../ledger/changed-units.ts'
import type { RollupContext } from './rollup-context.ts'

/** The changed hours that can be folded now, oldest first. */
export async function plannedHours(context: RollupContext): Promise<ChangedUnit<HourUnit>[]> {
  const planned: ChangedUnit<HourUnit>[] = []
  const isOpen = (hourMs: number) => isHourOpen(hourMs, context.nowMs(), context.graceMs)
  for await (const changed of context.stores.changed.list('hour')) {
    const waits = changed.foldedOpen && isOpen(changed.unit.hourMs)
    if (!waits && !isHeld(context, changed)) planned.push(changed)
  }
  return planned
}

/** The changed periods of a grain that can be merged now, oldest first. */
export async function plannedPeriods(
  context: RollupContext,
  grain: PeriodUnit['kind'],
): Promise<ChangedUnit<PeriodUnit>[]> {
  const planned: ChangedUnit<PeriodUnit>[] = []
  for await (const changed of context.stores.changed.list(grain)) {
    const waits = isHeld(context, changed) || (await waitsItsTurn(context, changed.unit))
    if (!waits) planned.push(changed)
  }
  return planned
}

/** A worker has it. Whoever takes over does it all the same; the mark of the worker's attempt stays. */
function isHeld(context: RollupContext, { heldUntilMs }: ChangedUnit): boolean {
  return !context.takeOver && heldUntilMs > context.nowMs()
}

/** Rows of a week or month that is not over change all the time, and each write is paid for. */
async function waitsItsTurn(context: RollupContext, unit: PeriodUnit): Promise<boolean> {
  if (unit.kind === 'day') return false
  const window = context.calendar.windowNamed(unit.kind, unit.period)
  if (window === undefined || !isWindowOpen(window, context.nowMs(), context.graceMs)) return false
  const { committedMs } = await context.stores.registry.read(unit.kind, unitName(unit))
  return context.nowMs() < committedMs + context.openPeriodEveryMs
}
