import type { ChangedUnits } from '../ledger/changed-units.ts'
import type { HistoryWriter } from '../records/history.ts'
import type { Rejects } from '../records/rejects.ts'
import type { Objects } from '../store/objects.ts'

/** What a redrive reads and writes: no minute rows among it. */
export interface RedriveStores {
  readonly objects: Objects
  readonly history: HistoryWriter
  readonly rejects: Rejects
  readonly changed: Pick<ChangedUnits, 'mark'>
}

export interface RedriveOptions {
  readonly nowMs: () => number
  /** Tells what would be done, and writes nothing. */
  readonly dryRun: boolean
  /** Only objects whose first record arrived in an hour (UTC) that this range touches; epoch ms. */
  readonly arrived?: { readonly fromMs: number; readonly toMs: number } | undefined
  /** How long after its end an hour is taken for open. */
  readonly graceMs: number
  /** Told of objects done, of so many. */
  readonly onProgress?: (done: number, total: number) => void
}
