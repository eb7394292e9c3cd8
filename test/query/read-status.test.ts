import { describe, expect, it } from 'vitest'
import { readStatus } from '../../lib/query/read-status.ts'
import { salesPipeline } from '../support/sales.ts'
import { at, deliver, run, sale } from '../support/steps.ts'
import { type MemoryWorld, memoryWorld, storesOn } from '../support/world.ts'

const nowMs = at('17T00:30:00')

const statusOf = (world: MemoryWorld) =>
  readStatus(
    storesOn(world, () => nowMs),
    salesPipeline,
    nowMs,
  )

describe('the status', () => {
  it('of nothing has a line for each kind of unit all the same', async () => {
    const none = { changed: 0, oldestChangeMs: null }
    expect(await statusOf(memoryWorld())).toEqual({
      shards: [],
      changed: ['hour', 'day', 'week', 'month'].map((kind) => ({ kind, ...none })),
      runs: [],
      refusedLines: [],
      rejects: [],
      failedBatches: 0,
    })
  })

  it('tells shards, what has changed and since when, rejects, and failed batches', async () => {
    const world = memoryWorld()
    const arrivedMs = at('16T10:30:00')
    await deliver(world, 1, 1, [sale('1', '16T10:00:00', 'a'), '{', '['], arrivedMs)
    await deliver(world, 1, 9, [sale('2', '16T11:00:00', 'a')], at('16T11:30:00'))
    await world.objects.put('aws/lambda/m/s/2026/11/16/x', Buffer.from('anything'))
    const status = await statusOf(world)
    expect(status.shards).toMatchObject([
      { lastArrivedMs: at('16T11:30:00'), lagMs: 0, sequenceNumber: expect.stringMatching(/9$/) },
    ])
    expect(status.changed[0]).toEqual({ kind: 'hour', changed: 2, oldestChangeMs: arrivedMs })
    expect(status.rejects).toMatchObject([{ reason: 'not-json', field: null, records: 2 }])
    expect(status.failedBatches).toBe(1)
  })

  it('tells the last five runs, the newest first', async () => {
    const world = memoryWorld()
    const started: number[] = []
    for (let hour = 10; hour < 16; hour++) {
      const line = sale(`${hour}`, `16T${hour}:00:00`, 'a')
      await deliver(world, 1, hour, [line], at(`16T${hour}:01:00`))
      const startMs = at(`16T${hour + 1}:30:00`)
      await run(world, startMs)
      started.unshift(startMs)
    }
    const { runs, changed } = await statusOf(world)
    expect(runs.map(({ startedMs }) => startedMs)).toEqual(started.slice(0, 5))
    expect(runs[0]).toMatchObject({ foldedHours: 1 })
    expect(changed[0]).toMatchObject({ changed: 0 })
  })
})
