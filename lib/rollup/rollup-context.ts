import type { Aggregation, Calendar, Pipeline } from '../core/index.ts'
import type { ChangedUnits } from '../ledger/changed-units.ts'
import type { ShardProgressStore } from '../ledger/shard-progress.ts'
import type { FailedBatches } from '../records/failed-batches.ts'
import type { History } from '../records/history.ts'
import type { Rejects } from '../records/rejects.ts'
import type { MinuteRows } from '../rows/minute-rows.ts'
import type { RollupRows } from '../rows/rollup-rows.ts'
import type { BegunHours } from './begun-hours.ts'
import type { Lease } from './lease.ts'
import type { LeftUnits } from './left-units.ts'
import type { PartRegistry } from './part-registry.ts'
import type { Parts } from './parts.ts'
import type { RollupRuns } from './rollup-runs.ts'
import type { UnreadHours } from './unread-hours.ts'

export interface RollupStores {
  readonly history: History
  readonly minutes: MinuteRows
  readonly parts: Parts
  readonly rollups: RollupRows
  readonly changed: ChangedUnits
  readonly begun: BegunHours
  readonly registry: PartRegistry
  readonly unread: UnreadHours
  readonly left: LeftUnits
  readonly lease: Lease
  readonly runs: RollupRuns
  readonly progress: ShardProgressStore
  readonly failedBatches: FailedBatches
  readonly rejects: Pick<Rejects, 'listFrom' | 'read'>
}

/** Everything that one run of the rollup works with. */
export interface RollupContext {
  readonly pipeline: Pipeline
  readonly calendar: Calendar
  readonly stores: RollupStores
  readonly keyRanges: number
  /** How long after its end an hour is still taken from minute rows. */
  readonly graceMs: number
  /** Weeks and months that are not over are merged again after this long at the earliest. */
  readonly openPeriodEveryMs: number
  readonly runId: string
  readonly nowMs: () => number
  /** Epoch ms at which this run is stopped from outside, if it has not stopped by itself. */
  readonly deadlineMs: number
  /** Neither the lease of an earlier run nor what a backfill's workers hold is waited for. */
  readonly takeOver: boolean
  /** The caller knows that no other run or worker is alive, whatever the marks of attempts say. */
  readonly alone: boolean
  readonly newToken: () => string
  /** Whether all rows are written, also those that should be in the table already. */
  readonly rewrite: boolean
}

/**
 * Leases and marks of attempts outlive their run by this. It covers two clocks that are 20 s off each,
 * one fast and one slow, and the last request that a run sent in time: the SDK waits ten seconds for
 * its answer (lib/deployment/clients.ts), and ten more are left for it to be applied or not at all. Retries
 * need no margin, since `checkTime` comes before each of them; a sending that got no answer keeps its
 * attempt's mark for as long, should a later one of the same write be answered.
 */
export const marginMs = 60_000

/**
 * There is no time for a unit any more: either too little to read it and write what comes of it, or
 * none at all. Then others may be at work by now, so nothing is written any more: Lambda ends a run
 * at that moment, but a machine that slept may wake up after it.
 */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime'
}

/** To be called right before what no condition guards, and each time that it is sent. Throws OutOfTime. */
export function checkTime({ nowMs, deadlineMs }: RollupContext): void {
  if (nowMs() >= deadlineMs) throw new OutOfTime('The time of this run is over')
}

/** No unit is begun with less time left than this, and no reading of its inputs goes on. */
const reserveMs = 30_000

/** Whether there is time to read, and then to write what comes of it. */
export function isTimeLeft({ nowMs, deadlineMs }: RollupContext): boolean {
  return nowMs() + reserveMs <= deadlineMs
}

/**
 * To be called again and again while inputs are read. Their number has no bound, and a run that
 * ends by itself still does the other units, and says which it had no time for. Throws OutOfTime.
 */
export function checkTimeLeft(context: RollupContext): void {
  if (!isTimeLeft(context)) throw new OutOfTime('This run has no time to read more')
}

/** The rows, as long as there is time. Throws OutOfTime. */
export async function* whileInTime<Row>(
  context: RollupContext,
  rows: AsyncIterable<Row> | Iterable<Row>,
): AsyncGenerator<Row> {
  for await (const row of rows) {
    checkTime(context)
    yield row
  }
  // Of no rows at all something is written too: an object.
  checkTime(context)
}

/** Throws where the ledger names an aggregation that the pipeline has no more. */
export function aggregationNamed(pipeline: Pipeline, name: string): Aggregation {
  const found = pipeline.aggregations.find((aggregation) => aggregation.name === name)
  if (found === undefined) throw new Error(`The pipeline has no aggregation named ${name}`)
  return found
}
