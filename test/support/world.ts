import { randomUUID } from 'node:crypto'
import { rollupVariables } from '../../lib/contract/environment.ts'
import { createCalendar } from '../../lib/core/index.ts'
import { readEnvironment } from '../../lib/deployment/environment.ts'
import { type MemorySeams, memorySeams } from '../../lib/deployment/memory-seams.ts'
import type { Seams } from '../../lib/deployment/seams.ts'
import {
  createStores,
  createStreamStores,
  type StoreOptions,
  type Stores,
  type StreamStores,
} from '../../lib/deployment/stores.ts'
import { createRollup, type RollupOptions } from '../../lib/rollup/rollup.ts'
import { type Around, faultyObjects, faultyTable } from './faulty-stores.ts'
import { keptFor } from './kept-for.ts'
import { salesPipeline } from './sales.ts'

/** The tables and the bucket of a deployment. */
export type World = Seams
export type MemoryWorld = MemorySeams

export const memoryWorld = memorySeams

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

/** All stores of both functions, without anything remembered of earlier ones. */
export function storesOn(
  world: World,
  nowMs: () => number,
  changed: Partial<Pick<StoreOptions, 'newToken' | 'codec'>> = {},
): StreamStores & Stores {
  const options = {
    bucketCount: 4,
    minuteRetentionMs: retentionMs,
    nowMs,
    newToken: randomUUID,
    ...keptFor(retentionMs),
    rowsUnderWay: 4,
    maxRememberedRows: 100,
    ...changed,
  }
  return { ...createStreamStores(world, options), ...createStores(world, options) }
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
    definition: salesPipeline,
    calendar: utc,
    stores: storesOn(world, clock),
    keyRanges: 1,
    ...readEnvironment(rollupVariables, {}),
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
