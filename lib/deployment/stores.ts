import { createChangedUnits } from '../ledger/changed-units.ts'
import { createMinuteRetention, type MinuteRetention } from '../ledger/minute-retention.ts'
import { createSettingsStore } from '../ledger/settings.ts'
import { createShardProgressStore } from '../ledger/shard-progress.ts'
import { createFailedBatches } from '../records/failed-batches.ts'
import { createHistory, createHistoryWriter } from '../records/history.ts'
import { createRejects, createRejectWriter } from '../records/rejects.ts'
import { createBacklog } from '../rollup/backlog.ts'
import { createLease } from '../rollup/lease.ts'
import { createPartRegistry } from '../rollup/part-registry.ts'
import { createParts } from '../rollup/parts.ts'
import { createRefusedLines } from '../rollup/refused-lines.ts'
import { createRollupRuns } from '../rollup/rollup-runs.ts'
import { createUnfinishedFolds } from '../rollup/unfinished-folds.ts'
import { ExactlyOnceMinutes } from '../rows/exactly-once-minutes.ts'
import { createMinuteRows } from '../rows/minute-rows.ts'
import { createRollupRows } from '../rows/rollup-rows.ts'
import type { LineCodec } from '../store/line-codec.ts'
import type { Table } from '../store/table.ts'
import type { Seams, StreamSeams } from './seams.ts'

export interface StoreOptions {
  readonly bucketCount: number
  /** As configured; the ledger has what holds, which is to be read before minute rows are. */
  readonly minuteRetentionMs: number
  readonly nowMs: () => number
  /** A text that was never made before. */
  readonly newToken: () => string
  /** How lines stand in objects. Default as their names say. */
  readonly codec?: LineCodec
  /** Since when (epoch ms) a minute has no rows any more. Default as the ledger has it. */
  readonly expiryMs?: MinuteRetention['expiryMs']
  /** Rows of a batch written at the same time. Default 64. */
  readonly rowsUnderWay?: number
  /** Rows of earlier batches that are known without being read. Default 50,000. */
  readonly maxRememberedRows?: number
}

export type StreamStores = ReturnType<typeof createStreamStores>

/** The stores that stream-aggregate writes to. Making them sends nothing; first agree on `retention`. */
export function createStreamStores(seams: StreamSeams, options: StoreOptions) {
  const { objects } = seams
  const { codec, rowsUnderWay = 64, maxRememberedRows = 50_000 } = options
  const told = toldByLedger(seams.ledger, options)
  return {
    ...told,
    history: createHistoryWriter(objects, codec),
    rejects: createRejectWriter(objects, codec),
    exactlyOnceMinutes: new ExactlyOnceMinutes({
      ...minutesOf(seams.minutes, told.retention, options),
      concurrency: rowsUnderWay,
      maxRememberedRows,
    }),
  }
}

export type Stores = ReturnType<typeof createStores>

/** The stores of the rollup and of readers. Making them sends nothing; first load `retention`. */
export function createStores(seams: Seams, options: StoreOptions) {
  const { objects, ledger } = seams
  const { codec, newToken } = options
  const told = toldByLedger(ledger, options)
  return {
    ...told,
    objects,
    history: createHistory(objects, codec),
    rejects: createRejects(objects, codec),
    failedBatches: createFailedBatches(objects),
    parts: createParts(objects, codec),
    minutes: createMinuteRows(minutesOf(seams.minutes, told.retention, options)),
    rollups: createRollupRows(seams.rollups),
    unfinished: createUnfinishedFolds(ledger),
    lease: createLease(ledger),
    backlog: createBacklog(ledger),
    registry: createPartRegistry(ledger),
    refusedLines: createRefusedLines(ledger, newToken),
    runs: createRollupRuns(ledger),
  }
}

/** What the stream and its readers tell each other. */
function toldByLedger(ledger: Table, { minuteRetentionMs, newToken }: StoreOptions) {
  return {
    changed: createChangedUnits(ledger, newToken),
    progress: createShardProgressStore(ledger),
    settings: createSettingsStore(ledger),
    retention: createMinuteRetention(ledger, minuteRetentionMs),
  }
}

function minutesOf(table: Table, retention: MinuteRetention, options: StoreOptions) {
  const { bucketCount, nowMs, expiryMs = retention.expiryMs } = options
  return { table, bucketCount, nowMs, expiryMs }
}
