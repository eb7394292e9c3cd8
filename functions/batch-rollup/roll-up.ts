import pMap from 'p-map'
import { type ChangedUnit, type Unit, unitName } from '../../lib/aws/ledger/changed-units.ts'
import { Superseded } from '../../lib/aws/ledger/part-registry.ts'
import type { RollupRun } from '../../lib/aws/ledger/rollup-runs.ts'
import { describeError, type Log } from '../../lib/aws/log.ts'
import { PartGone } from '../../lib/aws/parts.ts'
import { foldHour } from './fold-hour.ts'
import { markUnreadHours } from './mark-unread-hours.ts'
import { mergePeriod } from './merge-period.ts'
import { noteLeftUnits, UndoneUnits } from './note-left-units.ts'
import { plannedHours, plannedPeriods } from './plan.ts'
import { marginMs, OutOfTime, type RollupContext } from './rollup-context.ts'

export type RollupResult =
  | ({
      readonly held: true
      /** How long the oldest unit that is left has waited; 0 where none is. */
      readonly oldestChangeAgeMs: number
    } & Omit<RollupRun, 'id'>)
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

/** What became of a run's units, where they were not done. */
interface Outcome {
  readonly failures: UnitFailure[]
  readonly undone: UndoneUnits
}

/** Hours that are read at the same time, and so held in memory. */
export const hoursUnderWay = 4
const periodsUnderWay = 4

/** No unit is begun with less time left than this. */
export const reserveMs = 30_000

/**
 * One run: changed hours into parts, parts into days, days into weeks and months. Units that it has
 * no time for stay marked for the next run. Throws UnitsFailed once it did what it could, and
 * StorageTrouble.
 */
export async function rollUp(context: RollupContext, log?: Log): Promise<RollupResult> {
  const { lease } = context.stores
  const startedMs = context.nowMs()
  const untilMs = context.deadlineMs + marginMs
  if (context.takeOver) await lease.takeOver(context.runId, untilMs)
  else if (!(await lease.take(context.runId, startedMs, untilMs))) return { held: false }
  const result = await work(context, startedMs).catch(async (error: unknown) => {
    // The lease ends by itself, and what went wrong first says more.
    await lease.release(context.runId).catch((cause: unknown) => {
      log?.('error', 'lease not released', { error: describeError(cause) })
    })
    throw error
  })
  await lease.release(context.runId)
  return { held: true, ...result }
}

async function work(context: RollupContext, startedMs: number) {
  const outcome: Outcome = { failures: [], undone: new UndoneUnits() }
  const figures = {
    foldedHours: 0,
    mergedPeriods: 0,
    writtenRows: 0,
    droppedDuplicates: 0,
    unreadableLines: 0,
  }

  const unread = await markUnreadHours(context)
  await workOff(context, await plannedHours(context), hoursUnderWay, outcome, async (changed) => {
    const notes = unread.get(changed.unit.hourMs) ?? []
    const { settled, droppedDuplicates, unreadable } = await foldHour(context, changed, notes)
    figures.unreadableLines += unreadable
    figures.foldedHours++
    figures.droppedDuplicates += droppedDuplicates
    return settled
  })
  for (const grain of ['day', 'week', 'month'] as const) {
    const planned = await plannedPeriods(context, grain)
    await workOff(context, planned, periodsUnderWay, outcome, async (changed) => {
      const { settled, writtenRows } = await mergePeriod(context, changed)
      figures.mergedPeriods++
      figures.writtenRows += writtenRows
      return settled
    })
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

/**
 * A unit that fails must not keep the others from being done. `workOn` tells whether the unit is
 * settled.
 */
async function workOff<Of extends Unit>(
  context: RollupContext,
  planned: readonly ChangedUnit<Of>[],
  concurrency: number,
  { failures, undone }: Outcome,
  workOn: (changed: ChangedUnit<Of>) => Promise<boolean>,
): Promise<void> {
  for (const changed of planned) undone.add(changed)
  const workOnOne = async (changed: ChangedUnit<Of>) => {
    if (context.nowMs() + reserveMs > context.deadlineMs) return
    try {
      if (await workOn(changed)) undone.remove(changed)
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
