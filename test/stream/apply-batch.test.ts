import { describe, expect, it } from 'vitest'
import { string } from '../../lib/core/index.ts'
import { StreamRecords } from '../../lib/records/stream-records.ts'
import { StorageTrouble } from '../../lib/store/storage-trouble.ts'
import { applyBatch } from '../../lib/stream/apply-batch.ts'
import { dyingAt, withFault } from '../support/broken-worlds.ts'
import { lostAfter, lostBefore } from '../support/faulty-stores.ts'
import { linesIn } from '../support/history-lines.ts'
import { salesPipeline } from '../support/sales.ts'
import { batchOf, lineOf, type SequencedLine } from '../support/sales-batches.ts'
import { apply, counting, utc } from '../support/steps.ts'
import { memoryWorld, storesOn, type World, worldThrough } from '../support/world.ts'
import {
  changedTexts,
  expectedRows,
  minuteTexts,
  objectKeys,
  rejectLines,
} from '../support/world-rows.ts'

const nowMs = Date.parse('2026-11-22T11:30:00Z')

const lines = [
  lineOf({ id: '1', at: '2026-11-22T10:59:59Z', product: 'a', quantity: 2, price: '1.25' }),
  lineOf({ id: '2', at: '2026-11-22T11:00:00+00:00', product: 'b' }),
  'not an event',
  lineOf({ id: '3', at: '2026-11-22T10:59:00Z', product: 'a', quantity: -1, price: '0.10' }),
  lineOf({ id: '4', at: '2026-11-22T12:30:00.001Z', product: 'a' }),
]
const records = lines.map((line, at): SequencedLine => [at + 1, line])

async function historyOf(world: World, hour: string): Promise<string[]> {
  const { history } = storesOn(world, () => nowMs)
  const events = await linesIn(history.read(Date.parse(`${hour}:00:00Z`)))
  return events.map((line) => Buffer.from(line).toString())
}

describe('applyBatch', () => {
  it('takes events into history and minute rows, and keeps what it refuses with the reason', async () => {
    const world = memoryWorld()
    const summary = await apply(world, batchOf(1, records, nowMs))
    expect(summary).toEqual({
      events: 3,
      rejects: 2,
      hours: 2,
      minuteRowsWritten: 5,
      unchangedRows: 0,
      conditionFailures: 0,
    })
    expect(await historyOf(world, '2026-11-22T10')).toEqual([lines[0], lines[3]])
    expect(await historyOf(world, '2026-11-22T11')).toEqual([lines[1]])
    const taken = [lines[0], lines[1], lines[3]].map(String)
    expect(await minuteTexts(world)).toEqual(expectedRows(taken, utc).minutes)
    expect(await changedTexts(world)).toEqual(['hour 2026-11-22T10:00', 'hour 2026-11-22T11:00'])

    const { rejects, progress } = storesOn(world, () => nowMs)
    const [key = ''] = await Array.fromAsync(rejects.list())
    const kept = await Array.fromAsync(rejects.read(key))
    expect(kept.map(({ reason, field, data }) => [reason, field, data])).toEqual([
      ['not-json', null, 'not an event'],
      ['too-far-ahead', 'at', lines[4]],
    ])
    expect(kept[0]?.sequenceNumber).toBe(String(10n ** 55n + 3n))
    expect(await Array.fromAsync(progress.list())).toEqual([
      {
        shard: 'shardId-000000000001',
        sequenceNumber: String(10n ** 55n + 5n),
        arrivedMs: nowMs,
        doneMs: nowMs,
      },
    ])
  })

  it('is done with history before the minute rows, and with these before the ledger', async () => {
    const order: string[] = []
    const world = worldThrough(memoryWorld(), (store) => async (request) => {
      const answer = await request()
      if (order.at(-1) !== store) order.push(store)
      return answer
    })
    await apply(world, batchOf(1, records, nowMs))
    expect(order).toEqual(['objects', 'minutes', 'ledger'])
  })

  it('refuses by the time of arrival, the same at every delivery', async () => {
    const world = memoryWorld()
    const batch = batchOf(1, records, nowMs)
    await apply(world, batch)
    const dayLater = nowMs + 86_400_000
    const again = await apply(world, batch, salesPipeline, dayLater)
    expect(again).toMatchObject({ events: 3, rejects: 2, minuteRowsWritten: 0, unchangedRows: 5 })
    expect(await objectKeys(world, '')).toHaveLength(3)
  })

  it('of nothing but bad records makes no row, marks no hour, and notes how far it is', async () => {
    const world = memoryWorld()
    const bad: SequencedLine[] = [
      [1, ''],
      [2, Uint8Array.of(0xff)],
      [3, '{}'],
    ]
    expect(await apply(world, batchOf(1, bad, nowMs))).toMatchObject({ events: 0, rejects: 3 })
    expect(await minuteTexts(world)).toEqual([])
    expect(await changedTexts(world)).toEqual([])
    expect(await objectKeys(world, 'rejected/')).toHaveLength(1)
    expect(await objectKeys(world, 'history/')).toEqual([])
    const { progress } = storesOn(world, () => nowMs)
    expect(await Array.fromAsync(progress.list())).toHaveLength(1)
  })

  it('keeps what one definition refused, though an invocation under another dies after it', async () => {
    const world = memoryWorld()
    const mug = lineOf({ id: '9', at: '2026-11-22T10:59:30Z', product: 'mug' })
    const batch = batchOf(
      1,
      [
        [1, mug],
        [2, '{}'],
      ],
      nowMs,
    )
    const product = string({ minBytes: 1, maxBytes: 2 })
    const strict = { ...salesPipeline, event: { ...salesPipeline.event, product } }
    await apply(world, batch, strict)
    // It takes the first record, and would have put it into history next.
    await expect(apply(dyingAt(world, 1), batch)).rejects.toThrow(StorageTrouble)
    const kept = await rejectLines(world)
    expect(kept.map(({ data }) => data).sort()).toEqual([mug, '{}'])
  })

  it('of a batch without user records does no harm', async () => {
    const world = memoryWorld()
    const batch = { ...batchOf(1, [[1, '']], nowMs), records: StreamRecords.of([]) }
    expect(await apply(world, batch)).toMatchObject({ events: 0, rejects: 0 })
  })

  it('comes to the same rows after a fault at any request, once it is delivered again', async () => {
    const undisturbed = memoryWorld()
    const { counted, total } = counting(undisturbed)
    const batch = batchOf(1, records, nowMs)
    await apply(counted, batch)
    const rows = await minuteTexts(undisturbed)
    const objects = await objectKeys(undisturbed, '')
    expect(total()).toBeGreaterThan(10)

    for (let faulty = 0; faulty < total(); faulty++) {
      for (const lost of [lostBefore, lostAfter]) {
        const memory = memoryWorld()
        const world = withFault(memory, faulty, { lost, dies: false })
        const stores = storesOn(world, () => nowMs)
        const first = applyBatch(salesPipeline, stores, batch, nowMs)
        await expect(first).rejects.toThrow(StorageTrouble)
        // Once by the container that stays warm, once by another.
        await applyBatch(salesPipeline, stores, batch, nowMs)
        await apply(memory, batch)
        expect(await minuteTexts(memory)).toEqual(rows)
        expect(await objectKeys(memory, '')).toEqual(objects)
        expect(await changedTexts(memory)).toEqual(await changedTexts(undisturbed))
      }
    }
  })
})
