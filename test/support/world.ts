import { randomUUID } from 'node:crypto'
import { createCalendar } from '../../lib/core/index.ts'
import { createChangedUnits } from '../../lib/ledger/changed-units.ts'
import { createShardProgressStore } from '../../lib/ledger/shard-progress.ts'
import { createFailedBatches } from '../../lib/records/failed-batches.ts'
import { createHistory } from '../../lib/records/history.ts'
import { createRejects } from '../../lib/records/rejects.ts'
import { createBacklog } from '../../lib/rollup/backlog.ts'
import { createLease } from '../../lib/rollup/lease.ts'
import { createPartRegistry } from '../../lib/rollup/part-registry.ts'
import { createParts } from '../../lib/rollup/parts.ts'
import { createRefusedLines } from '../../lib/rollup/refused-lines.ts'
import { createRollup, type RollupOptions } from '../../lib/rollup/rollup.ts'
import { createRollupRuns } from '../../lib/rollup/rollup-runs.ts'
import { createUnfinishedFolds } from '../../lib/rollup/unfinished-folds.ts'
import { ExactlyOnceMinutes } from '../../lib/rows/exactly-once-minutes.ts'
import { createMinuteRows } from '../../lib/rows/minute-rows.ts'
import { createRollupRows } from '../../lib/rows/rollup-rows.ts'
import { gzipCodec, type LineCodec } from '../../lib/store/gzip-lines.ts'
import { MemoryObjects } from '../../lib/store/memory/memory-objects.ts'
import { MemoryTable } from '../../lib/store/memory/memory-table.ts'
import type { Objects } from '../../lib/store/objects.ts'
import type { Table } from '../../lib/store/table.ts'
import { type Around, faultyObjects, faultyTable } from './faulty-stores.ts'
import { keptFor } from './kept-for.ts'
import { salesPipeline } from './sales.ts'

/** The tables and the bucket of a deployment. */
export interface World {
  readonly minutes: Table
  readonly rollups: Table
  readonly ledger: Table
  readonly objects: Objects
}

export interface MemoryWorld extends World {
  readonly minutes: MemoryTable
  readonly rollups: MemoryTable
  readonly ledger: MemoryTable
  readonly objects: MemoryObjects
}

export function memoryWorld(): MemoryWorld {
  return {
    minutes: new MemoryTable(),
    rollups: new MemoryTable(),
    ledger: new MemoryTable(),
    objects: new MemoryObjects(),
  }
}

/** Another world in which all is as it is in this one. */
export function copyOf({ minutes, rollups, ledger, objects }: MemoryWorld): MemoryWorld {
  return {
    minutes: minutes.copy(),
    rollups: rollups.copy(),
    ledger: ledger.copy(),
    objects: objects.copy(),
  }
}

/** The same world, with something around each request to one of its stores. */
export function worldThrough(world: World, around: (store: keyof World) => Around): World {
  return {
    minutes: faultyTable(world.minutes, around('minutes')),
    rollups: faultyTable(world.rollups, around('rollups')),
    ledger: faultyTable(world.ledger, around('ledger')),
    objects: faultyObjects(world.objects, around('objects')),
  }
}

export const retentionMs = 35 * 86_400_000

export interface StoresOptions {
  readonly newToken?: () => string
  readonly codec?: LineCodec
}

/** All stores of both functions, without anything remembered of earlier ones. */
export function storesOn(
  world: World,
  nowMs: () => number,
  { newToken = randomUUID, codec = gzipCodec }: StoresOptions = {},
) {
  const minutes = { table: world.minutes, bucketCount: 4, nowMs, ...keptFor(retentionMs) }
  return {
    history: createHistory(world.objects, codec),
    rejects: createRejects(world.objects, codec),
    parts: createParts(world.objects, codec),
    minutes: createMinuteRows(minutes),
    exactlyOnceMinutes: new ExactlyOnceMinutes({
      ...minutes,
      concurrency: 4,
      maxRememberedRows: 100,
    }),
    rollups: createRollupRows(world.rollups),
    changed: createChangedUnits(world.ledger, newToken),
    registry: createPartRegistry(world.ledger),
    unfinished: createUnfinishedFolds(world.ledger),
    lease: createLease(world.ledger),
    backlog: createBacklog(world.ledger),
    refusedLines: createRefusedLines(world.ledger, newToken),
    runs: createRollupRuns(world.ledger),
    progress: createShardProgressStore(world.ledger),
    failedBatches: createFailedBatches(world.objects),
  }
}

export type TestStores = ReturnType<typeof storesOn>

/** What an invocation of the rollup may be given in place of what is usual. */
export type ChangedOptions = Partial<RollupOptions<TestStores>>

const utc = createCalendar('UTC')

/** What a run has from its first moment to the end of its time. */
export const runMs = 15 * 60_000

/** A run of the rollup at an instant, with a day's settings where nothing else is told. */
export function contextAt(world: World, nowMs: number, changed: ChangedOptions = {}) {
  const clock = changed.nowMs ?? (() => nowMs)
  return createRollup({
    pipeline: salesPipeline,
    calendar: utc,
    stores: storesOn(world, clock),
    keyRanges: 1,
    graceMs: 300_000,
    openPeriodEveryMs: 0,
    runId: randomUUID(),
    nowMs: clock,
    deadlineMs: nowMs + runMs,
    takeOver: false,
    soleProcess: false,
    newToken: randomUUID,
    rewrite: false,
    ...changed,
  })
}
