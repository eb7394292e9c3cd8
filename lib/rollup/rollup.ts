import type { rollupVariables, ValuesOf } from '../contract/environment.ts'
import type { Calendar, Definition } from '../core/index.ts'
import { Deadline } from './deadline.ts'
import type { PartRegistry } from './part-registry.ts'
import type { Parts } from './parts.ts'
import type { RollingUp } from './roll-up.ts'
import { Units } from './units.ts'
import type { UnitWork } from './work-on-unit.ts'

/** All that a run works with, or a worker on one unit. */
export type Rollup = RollingUp & UnitWork

export type RollupStores = Rollup['stores'] & {
  readonly registry: PartRegistry
  readonly parts: Parts
}

/** What is set for all invocations of one deployment. */
export type RollupSettings = ValuesOf<typeof rollupVariables>

export interface RollupOptions<Stores extends RollupStores = RollupStores> extends RollupSettings {
  readonly definition: Definition
  readonly calendar: Calendar
  readonly stores: Stores
  readonly keyRanges: number
  readonly runId: string
  readonly nowMs: () => number
  /** Epoch ms at which the invocation is stopped from outside, if it has not stopped by itself. */
  readonly deadlineMs: number
  /** Neither the lease of an earlier run nor what a backfill's workers hold is waited for. */
  readonly takeOver: boolean
  /** The caller knows that no other run or worker is alive, whatever the marks of attempts say. */
  readonly soleProcess: boolean
  /** Another text each time, on every machine. */
  readonly newToken: () => string
  /** Whether all rows are written, also those that should be in the table already. */
  readonly rewrite: boolean
}

/** Puts together what one invocation of the rollup works with. */
export function createRollup<Stores extends RollupStores>(options: RollupOptions<Stores>) {
  const { nowMs, deadlineMs, ...shared } = options
  const deadline = new Deadline(nowMs, deadlineMs)
  const { registry, parts } = options.stores
  const { newToken, soleProcess, rewrite } = options
  const units = new Units({ registry, parts, deadline, newToken, soleProcess, rewrite })
  return { ...shared, deadline, units }
}
