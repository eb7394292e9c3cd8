import { calendarGrains, type Definition, dayMs, type Grain } from '../core/index.ts'
import type { ChangedUnits } from '../ledger/changed-units.ts'
import type { ShardProgressStore } from '../ledger/shard-progress.ts'
import { qualifiedName } from '../ledger/unit.ts'
import type { FailedBatches } from '../records/failed-batches.ts'
import type { Rejects } from '../records/rejects.ts'
import type { Backlog } from '../rollup/backlog.ts'
import type { RefusedLinesStore } from '../rollup/refused-lines.ts'
import type { RollupRun, RollupRuns } from '../rollup/rollup-runs.ts'
import { countRefusedLines, type RefusedLines } from './count-refused-lines.ts'
import { countRejects, type RejectCount } from './count-rejects.ts'

/** The stores that a status is read from. */
export interface StatusStores {
  readonly progress: Pick<ShardProgressStore, 'list'>
  readonly changed: Pick<ChangedUnits, 'list'>
  readonly backlog: Pick<Backlog, 'read'>
  readonly runs: Pick<RollupRuns, 'list'>
  readonly refusedLines: Pick<RefusedLinesStore, 'list'>
  readonly rejects: Rejects
  readonly failedBatches: Pick<FailedBatches, 'list'>
}

/** How far a shard of the stream is. */
export interface ShardStatus {
  readonly shard: string
  /** When the last record that is done arrived in the stream, and when it was done; epoch ms. */
  readonly lastArrivedMs: number
  readonly doneMs: number
  readonly lagMs: number
  readonly sequenceNumber: string
}

/** The units of one kind that wait for the rollup. */
export interface ChangedStatus {
  readonly kind: Grain
  readonly changed: number
  /** How long the oldest of them waits: epoch ms, null where none does. */
  readonly oldestChangeMs: number | null
}

/** Where a pipeline stands. */
export interface Status {
  readonly shards: readonly ShardStatus[]
  readonly changed: readonly ChangedStatus[]
  /** The last few runs that found work, the newest first. */
  readonly runs: readonly RollupRun[]
  readonly refusedLines: readonly RefusedLines[]
  /** Records that were rejected in the last day, by field and reason. */
  readonly rejects: readonly RejectCount[]
  /** Batches that were given up and wait to be redriven. */
  readonly failedBatches: number
}

const shownRuns = 5

/** Reads store after store, so that what it tells of one is a little older than of the next. */
export async function readStatus(
  stores: StatusStores,
  definition: Definition,
  nowMs: number,
): Promise<Status> {
  return {
    shards: await readShards(stores),
    changed: await readChanged(stores),
    runs: await readRuns(stores),
    refusedLines: await countRefusedLines(stores.refusedLines, definition),
    rejects: await countRejects(stores.rejects, { fromMs: nowMs - dayMs, toMs: nowMs }),
    failedBatches: await countOf(stores.failedBatches.list()),
  }
}

async function readShards({ progress }: StatusStores): Promise<ShardStatus[]> {
  const shards: ShardStatus[] = []
  for await (const { shard, sequenceNumber, arrivedMs, doneMs } of progress.list()) {
    const lagMs = doneMs - arrivedMs
    shards.push({ shard, lastArrivedMs: arrivedMs, doneMs, lagMs, sequenceNumber })
  }
  return shards
}

async function readChanged({ changed: units, backlog }: StatusStores): Promise<ChangedStatus[]> {
  const found: ChangedStatus[] = []
  const waitingSince = await backlog.read()
  for (const kind of ['hour', ...calendarGrains] as const) {
    let changed = 0
    let oldestChangeMs: number | null = null
    for await (const { unit, markedAtMs } of units.list(kind)) {
      changed++
      const sinceMs = waitingSince.get(qualifiedName(unit)) ?? markedAtMs
      oldestChangeMs = Math.min(oldestChangeMs ?? sinceMs, sinceMs)
    }
    found.push({ kind, changed, oldestChangeMs })
  }
  return found
}

async function readRuns({ runs }: StatusStores): Promise<RollupRun[]> {
  const newest: RollupRun[] = []
  for await (const run of runs.list()) {
    newest.push(run)
    if (newest.length === shownRuns) break
  }
  return newest
}

async function countOf(values: AsyncIterable<unknown>): Promise<number> {
  let count = 0
  for await (const _ of values) count++
  return count
}
