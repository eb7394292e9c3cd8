import type { Definition } from '../core/index.ts'
import type { ChangedUnits } from '../ledger/changed-units.ts'
import type { ShardProgressStore } from '../ledger/shard-progress.ts'
import type { FailedBatches } from '../records/failed-batches.ts'
import type { History } from '../records/history.ts'
import type { Rejects } from '../records/rejects.ts'
import type { RefusedLinesStore } from '../rollup/refused-lines.ts'
import type { MinuteRows } from '../rows/minute-rows.ts'

/** What is read to verify; nothing is written. */
export interface VerifyStores {
  readonly history: Pick<History, 'read' | 'hours' | 'isLarge'>
  readonly minutes: Pick<MinuteRows, 'readHourLanes' | 'hours' | 'isExpired'>
  readonly changed: Pick<ChangedUnits, 'isMarked'>
  readonly progress: Pick<ShardProgressStore, 'list'>
  readonly refusedLines: Pick<RefusedLinesStore, 'list'>
  readonly failedBatches: FailedBatches
  readonly rejects: Pick<Rejects, 'listFrom' | 'read'>
}

export interface VerifyContext {
  readonly definition: Definition
  readonly stores: VerifyStores
  /** How long after its end an hour is still taken from minute rows. */
  readonly graceMs: number
  readonly nowMs: () => number
  /** Called again and again while history and rejects are read; what it throws ends the verifying. */
  readonly checkTime?: () => void
}
