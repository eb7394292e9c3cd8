import pMap from 'p-map'
import { type ChangedUnit, type Unit, unitName } from '../../lib/aws/ledger/changed-units.ts'
import { Superseded } from '../../lib/aws/ledger/part-registry.ts'
import type { RollupRun } from '../../lib/aws/ledger/rollup-runs.ts'
import { PartGone } from '../../lib/aws/parts.ts'
import { foldHour } from './fold-hour.ts'
import { markUnreadHours } from './mark-unread-hours.ts'
import { mergePeriod } from './merge-period.ts'
import { plannedHours, plannedPeriods } from './plan.ts'
import { isTimeLeft, marginMs, OutOfTime, type RollupContext } from './rollup-context.ts'

export type RollupResult =
  | ({ readonly held: true; readonly oldestChangeAgeMs: number } & Omit<RollupRun, 'id'>)
  /** Another run has the lease; nothing was done. */
  | { readonly held: false }

/** Units of work that failed; the rest were done. The cause is that of the first. */
export class UnitsFailed extends Error {
  override readonly name = 'UnitsFailed'

  constructor(failures: readonly UnitFailure[]) {
    const first = failures[0] as UnitFailure
    const which = `${first.unit.kind} ${unitName(first.unit)}`
    super(`${failures.length} units of the rollup failed, ${which} among them`, {
      cause: first.cause,
    })
  }
}

interface UnitFailure {
  readonly unit: Unit
  readonly cause: unknown
}

/** Hours that are read at the same time, and so held in memory. */
export const hoursUnderWay = 4
const periodsUnderWay = 4

/**
 * One run: changed hours into parts, parts into days, days into weeks and months. Units that it has
 * no time for stay marked for the next run. Throws UnitsFailed once it did what it could.
 */
export async function rollUp(context: RollupContext): Promise<RollupResult> {
  const { lease } = context.stores
  const startedMs = context.nowMs()
  const untilMs = context.deadlineMs + marginMs
  if (context.takeOver) await lease.takeOver(context.runId, untilMs)
  else if (!(await lease.take(context.runId, startedMs, untilMs))) return { held: false }
  try {
    return { held: true, ...(await work(context, startedMs)) }
  } finally {
    await lease.release(context.runId)
  }
}

async function work(context: RollupContext, startedMs: number) {
  const failures: UnitFailure[] = []
  const figures = {
    foldedHours: 0,
    mergedPeriods: 0,
    writtenRows: 0,
    droppedDuplicates: 0,
    unreadableLines: 0,
  }

  const unread = await markUnreadHours(context)
  await workOff(context, await plannedHours(context), hoursUnderWay, failures, async (changed) => {
    const notes = unread.get(changed.unit.hourMs) ?? []
    const { droppedDuplicates, unreadable } = await foldHour(context, changed, notes)
    figures.unreadableLines += unreadable
    figures.foldedHours++
    figures.droppedDuplicates += droppedDuplicates
  })
  for (const grain of ['day', 'week', 'month'] as const) {
    const planned = await plannedPeriods(context, grain)
    await workOff(context, planned, periodsUnderWay, failures, async (changed) => {
      const { writtenRows } = await mergePeriod(context, changed)
      figures.mergedPeriods++
      figures.writtenRows += writtenRows
    })
  }

  const left = await allPlanned(context)
  const endedMs = context.nowMs()
  const oldestMs = left.reduce((oldest, unit) => Math.min(oldest, unit.markedAtMs), endedMs)
  const run = { startedMs, endedMs, ...figures, leftUnits: left.length }
  if (figures.foldedHours + figures.mergedPeriods > 0) {
    await context.stores.runs.note({ id: context.runId, ...run })
  }
  if (failures.length > 0) throw new UnitsFailed(failures)
  return { ...run, oldestChangeAgeMs: endedMs - oldestMs }
}

/** A unit that fails must not keep the others from being done. */
async function workOff<Of extends Unit>(
  context: RollupContext,
  planned: readonly ChangedUnit<Of>[],
  concurrency: number,
  failures: UnitFailure[],
  workOn: (changed: ChangedUnit<Of>) => Promise<void>,
): Promise<void> {
  const workOnOne = async (changed: ChangedUnit<Of>) => {
    if (!isTimeLeft(context)) return
    try {
      await workOn(changed)
    } catch (cause) {
      // A backfill's worker is at the unit or beneath it, or there is no time left for it: the unit
      // stays marked for the next run.
      const isLeft = [Superseded, PartGone, OutOfTime].some((kind) => cause instanceof kind)
      if (!isLeft) failures.push({ unit: changed.unit, cause })
    }
  }
  await pMap(planned, workOnOne, { concurrency })
}

async function allPlanned(context: RollupContext): Promise<ChangedUnit[]> {
  const planned = await Promise.all([
    plannedHours(context),
    plannedPeriods(context, 'day'),
    plannedPeriods(context, 'week'),
    plannedPeriods(context, 'month'),
  ])
  return planned.flat()
}
