import { randomUUID } from 'node:crypto'
import { bucketCount } from '../../lib/contract/defaults.ts'
import { rollupVariables } from '../../lib/contract/environment.ts'
import { createCalendar, dayMs, hourMs } from '../../lib/core/index.ts'
import { readEnvironment } from '../../lib/deployment/environment.ts'
import { memorySeams } from '../../lib/deployment/memory-seams.ts'
import { createStores, createStreamStores } from '../../lib/deployment/stores.ts'
import type { KinesisBatch } from '../../lib/records/kinesis-batch.ts'
import { StreamRecords } from '../../lib/records/stream-records.ts'
import { rollUp } from '../../lib/rollup/roll-up.ts'
import { createRollup } from '../../lib/rollup/rollup.ts'
import { applyBatch } from '../../lib/stream/apply-batch.ts'
import { readFigures } from '../../local/roll-up-all.ts'
import pipeline from '../../pipeline.config.ts'
import { madeLines } from '../made-lines.ts'
import { firstDayMs } from '../made-purchases.ts'

/** A pipeline in the memory of this process. */
export interface HistoryWorld {
  /** Takes events into history and minute rows. Throws where one is refused. */
  take(lines: readonly Uint8Array[]): Promise<void>
  /** Rolls up all that changed; how many hours that were. */
  rollUp(): Promise<number>
}

/** With so many hours of history, rolled up, all of which are over; later ones may be added. */
export async function historyWorld(
  hours: number,
  eventsPerHour: number,
  seed: number,
): Promise<HistoryWorld> {
  const nowMs = firstDayMs + hours * hourMs + dayMs
  const world = emptyWorld(nowMs)
  await world.take([...madeLines({ events: hours * eventsPerHour, seed, spanMs: hours * hourMs })])
  await world.rollUp()
  return world
}

/** Longer than any history here, so that its minutes are written as if they were of today. */
const keptMs = 10_000 * dayMs

function emptyWorld(startMs: number): HistoryWorld {
  const startedAt = performance.now()
  const nowMs = () => Math.floor(startMs + performance.now() - startedAt)
  const seams = memorySeams()
  const options = {
    bucketCount,
    minuteRetentionMs: keptMs,
    expiryMs: (minuteMs: number) => minuteMs + keptMs,
    nowMs,
    newToken: randomUUID,
  }
  const streamStores = createStreamStores(seams, options)
  const stores = createStores(seams, options)
  let records = 0
  return {
    async take(lines) {
      const summary = await applyBatch(
        pipeline,
        streamStores,
        batchOf(lines, records, nowMs()),
        nowMs(),
      )
      records += lines.length
      if (summary.rejects > 0) throw new Error(`${summary.rejects} made events were refused`)
    },
    async rollUp() {
      const rollup = createRollup({
        ...options,
        ...readEnvironment(rollupVariables, {}),
        definition: pipeline,
        calendar: createCalendar('UTC'),
        stores,
        keyRanges: 1,
        runId: randomUUID(),
        deadlineMs: nowMs() + hourMs,
        takeOver: true,
        soleProcess: true,
        rewrite: false,
      })
      const { foldedHours, backlogUnits } = readFigures(await rollUp(rollup))
      if (backlogUnits > 0) throw new Error(`The rollup left ${backlogUnits} units`)
      return foldedHours
    },
  }
}

function batchOf(
  lines: readonly Uint8Array[],
  recordsBefore: number,
  arrivedMs: number,
): KinesisBatch {
  const records = StreamRecords.of(
    lines.map((data, at) => {
      const sequenceNumber = String(recordsBefore + at + 1)
      return { sequenceNumber, subSequenceNumber: 0, arrivedMs, data }
    }),
  )
  const firstSequenceNumber = String(recordsBefore + 1)
  const lastSequenceNumber = String(recordsBefore + lines.length)
  const shard = 'shardId-000000000000'
  return { shard, firstSequenceNumber, lastSequenceNumber, arrivedMs, records }
}
