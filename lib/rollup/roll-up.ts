import { type ChangedUnit, type HourUnit, unitName } from '../ledger/changed-units.ts'
import { describeError, type Log } from '../log/log.ts'
import { foldBesideOthers, logUnended, timesBegun, underNote } from './begun-folds.ts'
import { foldHour } from './fold-hour.ts'
import { markUnreadHours } from './mark-unread-hours.ts'
import { mergePeriod } from './merge-period.ts'
import { noteLeftUnits, UndoneUnits } from './note-left-units.ts'
import { plannedHours, plannedPeriods } from './plan.ts'
import { marginMs, type RollupContext } from './rollup-context.ts'
import type { RollupRun } from './rollup-runs.ts'
import { type Outcome, UnitsFailed, workOff } from './work-off.ts'

export type RollupResult =
  | ({
      readonly held: true
      /** How long the oldest unit that is left has waited; 0 where none is. */
      readonly oldestChangeAgeMs: number
    } & Omit<RollupRun, 'id'>)
  /** Another run has the lease; nothing was done. */
  | { readonly held: false }

type Figures = {
  -readonly [Name in keyof Omit<RollupRun, 'id' | 'startedMs' | 'endedMs' | 'leftUnits'>]: number
}

const periodsUnderWay = 4

/**
 * One run: changed hours into parts, parts into days, days into weeks and months. Hours that may be
 * too much for it come last, once all that does not need them is done, and then what does. Units
 * that it has no time for stay marked for the next run. Throws UnitsFailed once it did what it could,
 * and StorageTrouble.
 */
export async function rollUp(
  context: RollupContext,
  log: Log = () => undefined,
): Promise<RollupResult> {
  const { lease } = context.stores
  const startedMs = context.nowMs()
  const untilMs = context.deadlineMs + marginMs
  if (context.takeOver) await lease.takeOver(context.runId, untilMs)
  else if (!(await lease.take(context.runId, startedMs, untilMs))) return { held: false }
  const result = await work(context, startedMs, log).catch(async (error: unknown) => {
    // The lease ends by itself, and what went wrong first says more.
    await lease.release(context.runId).catch((cause: unknown) => {
      log('error', 'lease not released', { error: describeError(cause) })
    })
    throw error
  })
  await lease.release(context.runId)
  return { held: true, ...result }
}

async function work(context: RollupContext, startedMs: number, log: Log) {
  const outcome: Outcome = { failures: [], undone: new UndoneUnits() }
  const figures: Figures = {
    foldedHours: 0,
    mergedPeriods: 0,
    writtenRows: 0,
    droppedDuplicates: 0,
    unreadableLines: 0,
  }

  const unread = await markUnreadHours(context)
  const times = await timesBegun(context)
  const fold = async (changed: ChangedUnit<HourUnit>) => {
    const notes = unread.get(changed.unit.hourMs) ?? []
    const { settled, duplicatesDropped, refusedLines } = await underNote(
      context,
      changed.unit.hourMs,
      times,
      log,
      () => foldHour(context, changed, notes),
    )
    figures.unreadableLines += refusedLines
    figures.foldedHours++
    figures.droppedDuplicates += duplicatesDropped
    return settled
  }
  const planned = await plannedHours(context)
  logUnended(planned, times, log)
  const alone = await foldBesideOthers(context, planned, times, outcome, fold)
  await mergePeriods(context, outcome, figures)
  if (alone.length > 0) {
    await workOff(context, alone, 1, outcome, fold)
    await mergePeriods(context, outcome, figures)
  }

  // Told before requests that may fail as well, and hide them.
  for (const { unit, cause } of outcome.failures) {
    const which = { kind: unit.kind, unit: unitName(unit) }
    log('error', 'unit not rolled up', { ...which, error: describeError(cause) })
  }
  const left = await allPlanned(context)
  const oldestMs = await noteLeftUnits(context, left, outcome.undone)
  const endedMs = context.nowMs()
  const run = { startedMs, endedMs, ...figures, leftUnits: left.length }
  if (figures.foldedHours + figures.mergedPeriods > 0) {
    await context.stores.runs.note({ id: context.runId, ...run })
  }
  if (outcome.failures.length > 0) throw new UnitsFailed(outcome.failures)
  return { ...run, oldestChangeAgeMs: Math.max(0, endedMs - (oldestMs ?? endedMs)) }
}

async function mergePeriods(
  context: RollupContext,
  outcome: Outcome,
  figures: Figures,
): Promise<void> {
  for (const grain of ['day', 'week', 'month'] as const) {
    const planned = await plannedPeriods(context, grain)
    await workOff(context, planned, periodsUnderWay, outcome, async (changed) => {
      const { settled, writtenRows } = await mergePeriod(context, changed)
      figures.mergedPeriods++
      figures.writtenRows += writtenRows
      return settled
    })
  }
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
