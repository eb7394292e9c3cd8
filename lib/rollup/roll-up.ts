import { noFigures, sumFigures, type WorkFigures } from '../contract/figures.ts'
import { calendarGrains } from '../core/index.ts'
import type { ChangedUnit, ChangedUnits } from '../ledger/changed-units.ts'
import { type HourUnit, type PeriodUnit, unitName } from '../ledger/unit.ts'
import { describeError, type Log } from '../log/log.ts'
import { type Backlog, noteBacklog, UndoneUnits } from './backlog.ts'
import { type FoldingBesideOthers, foldBesideOthers } from './fold-beside-others.ts'
import { foldHour, type HourFolding } from './fold-hour.ts'
import type { Lease } from './lease.ts'
import { mergePeriod, type PeriodMerging } from './merge-period.ts'
import { allPlanned, type Planning, plannedHours, plannedPeriods } from './plan.ts'
import { markRefusedHours, type RefusedLinesStore } from './refused-lines.ts'
import type { RollupRun, RollupRuns } from './rollup-runs.ts'
import {
  logUnfinished,
  readTimesBegun,
  type UnfinishedFolds,
  underNote,
} from './unfinished-folds.ts'
import { type UnitFailure, UnitsFailed, workOff } from './work-off.ts'

/** What a run rolls up with. */
export interface RollingUp extends FoldingBesideOthers, HourFolding, PeriodMerging, Planning {
  readonly runId: string
  readonly stores: FoldingBesideOthers['stores'] &
    HourFolding['stores'] &
    PeriodMerging['stores'] &
    Planning['stores'] & {
      readonly changed: Pick<ChangedUnits, 'list'>
      readonly refusedLines: Pick<RefusedLinesStore, 'list'>
      readonly unfinished: UnfinishedFolds
      readonly backlog: Backlog
      readonly lease: Lease
      readonly runs: Pick<RollupRuns, 'note'>
    }
}

export type RollupResult =
  | ({
      readonly held: true
      /** How long the oldest unit that is left has waited; 0 where none is. */
      readonly oldestChangeAgeMs: number
    } & Omit<RollupRun, 'id'>)
  /** Another run has the lease; nothing was done. */
  | { readonly held: false }

/**
 * One run: changed hours into parts, parts into days, days into weeks and months. Hours that may be
 * too much for it come last, once all that does not need them is done, and then what does. Units
 * that it has no time for stay marked for the next run. Throws UnitsFailed once it did what it could,
 * and StorageTrouble.
 */
export async function rollUp(
  rolling: RollingUp,
  log: Log = () => undefined,
): Promise<RollupResult> {
  const { deadline, runId, stores, takeOver } = rolling
  const startedMs = deadline.nowMs()
  if (takeOver) await stores.lease.takeOver(runId, deadline.overMs)
  else if (!(await stores.lease.take(runId, startedMs, deadline.overMs))) return { held: false }
  const result = await new Run(rolling, log).work(startedMs).catch(async (error: unknown) => {
    // The lease ends by itself, and what went wrong first says more.
    await stores.lease.release(runId).catch((cause: unknown) => {
      log('error', 'lease not released', { error: describeError(cause) })
    })
    throw error
  })
  await stores.lease.release(runId)
  return { held: true, ...result }
}

const periodsUnderWay = 4

/** One run that has the lease. */
class Run {
  readonly #rolling: RollingUp
  readonly #log: Log
  readonly #outcome = { failures: [] as UnitFailure[], undone: new UndoneUnits() }
  #figures: WorkFigures = noFigures()

  constructor(rolling: RollingUp, log: Log) {
    this.#rolling = rolling
    this.#log = log
  }

  async work(startedMs: number): Promise<Omit<Extract<RollupResult, { held: true }>, 'held'>> {
    try {
      await this.#rollUpHours()
    } finally {
      this.#logFailures()
    }
    return this.#end(startedMs)
  }

  async #rollUpHours(): Promise<void> {
    const rolling = this.#rolling
    const refused = await markRefusedHours(rolling)
    const times = await readTimesBegun(rolling.stores.unfinished)
    const planned = await plannedHours(rolling)
    logUnfinished(
      planned.map(({ unit }) => unit.hourMs),
      times,
      this.#log,
    )
    const fold = (changed: ChangedUnit<HourUnit>) => {
      const { hourMs } = changed.unit
      const notes = refused.get(hourMs) ?? []
      return underNote(rolling.stores.unfinished, hourMs, times, this.#log, () =>
        foldHour(rolling, changed, notes),
      )
    }
    const foldOne = async (changed: ChangedUnit<HourUnit>) => {
      const { settled, figures } = await fold(changed)
      this.#add(figures)
      return settled
    }
    const alone = await foldBesideOthers(rolling, planned, times, this.#outcome, foldOne)
    await this.#mergePeriods()
    if (alone.length === 0) return
    await workOff(rolling.deadline, alone, 1, this.#outcome, foldOne)
    await this.#mergePeriods()
  }

  async #mergePeriods(): Promise<void> {
    const { deadline } = this.#rolling
    const mergeOne = async (changed: ChangedUnit<PeriodUnit>) => {
      const { settled, figures } = await mergePeriod(this.#rolling, changed)
      this.#add(figures)
      return settled
    }
    for (const grain of calendarGrains) {
      const planned = await plannedPeriods(this.#rolling, grain)
      await workOff(deadline, planned, periodsUnderWay, this.#outcome, mergeOne)
    }
  }

  #add(figures: WorkFigures): void {
    this.#figures = sumFigures(this.#figures, figures)
  }

  /** To be told before requests that may fail as well, and hide them. */
  #logFailures(): void {
    for (const { unit, cause } of this.#outcome.failures) {
      const which = { kind: unit.kind, unit: unitName(unit) }
      this.#log('error', 'unit not rolled up', { ...which, error: describeError(cause) })
    }
  }

  async #end(startedMs: number) {
    const { deadline, runId, stores } = this.#rolling
    const { failures, undone } = this.#outcome
    const left = await allPlanned(this.#rolling)
    const oldestMs = await noteBacklog(stores.backlog, left, undone)
    const endedMs = deadline.nowMs()
    const run = { startedMs, endedMs, ...this.#figures, backlogUnits: left.length }
    if (run.foldedHours + run.mergedPeriods > 0) await stores.runs.note({ id: runId, ...run })
    if (failures.length > 0) throw new UnitsFailed(failures)
    return { ...run, oldestChangeAgeMs: Math.max(0, endedMs - (oldestMs ?? endedMs)) }
  }
}
