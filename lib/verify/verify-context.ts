import type { FailedBatches } from '../aws/failed-batches.ts'
import type { History } from '../aws/history.ts'
import type { ChangedUnits } from '../aws/ledger/changed-units.ts'
import type { ShardProgressStore } from '../aws/ledger/shard-progress.ts'
import type { UnreadHours } from '../aws/ledger/unread-hours.ts'
import type { MinuteRows } from '../aws/minute-rows.ts'
import type { Rejects } from '../aws/rejects.ts'
import type { Pipeline } from '../core/index.ts'

/** What is read to verify; nothing is written. */
export interface VerifyStores {
  readonly history: Pick<History, 'read' | 'hours' | 'isLarge'>
  readonly minutes: Pick<MinuteRows, 'readHourLanes' | 'hours' | 'isExpired'>
  readonly changed: Pick<ChangedUnits, 'isMarked'>
  readonly progress: Pick<ShardProgressStore, 'list'>
  readonly unread: Pick<UnreadHours, 'list'>
  readonly failedBatches: FailedBatches
  readonly rejects: Pick<Rejects, 'listFrom' | 'read'>
}

export interface VerifyContext {
  readonly pipeline: Pipeline
  readonly stores: VerifyStores
  /** How long after its end an hour is still taken from minute rows. */
  readonly graceMs: number
  readonly nowMs: () => number
  /** Called again and again while history and rejects are read; what it throws ends the verifying. */
  readonly checkTime?: () => void
}
