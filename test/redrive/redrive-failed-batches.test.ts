import { describe, expect, it } from 'vitest'
import { StreamRecords } from '../../lib/records/stream-records.ts'
import { kplAggregate } from '../support/kpl-aggregate.ts'
import { batchOf, type SequencedLine } from '../support/sales-batches.ts'
import { apply, at, counting, deliver, run, sale, utc } from '../support/steps.ts'
import { memoryWorld, storesOn, type World } from '../support/world.ts'
import {
  changedTexts,
  expectedRows,
  minuteTexts,
  objectKeys,
  rollupTexts,
} from '../support/world-rows.ts'
import {
  applyInPart,
  giveUp,
  redriveBatchesAt,
  redriveRejectsAt,
  rejectedTexts,
  rejectsByObject,
  takingOnly,
} from './redrives.ts'

const arrived = at('16T10:30:00')
const later = at('16T12:00:00')

const before = sale('1', '16T10:05:00', 'a')
const given = [
  sale('2', '16T10:05:10', 'a', { quantity: 2 }),
  sale('3', '16T10:05:20', 'b'),
  '{}',
  sale('4', '16T09:07:00', 'a'),
]
const after = sale('5', '16T10:05:40', 'a', { quantity: 3 })
const events = [before, ...given, after]

const batch = batchOf(
  1,
  given.map((line, index): SequencedLine => [2 + index, line]),
  arrived,
)

/** The batch between two others of its shard, applied by a function that died after so many requests. */
async function worldWith(requests: number): Promise<World> {
  const world = memoryWorld()
  await deliver(world, 1, 1, [before], arrived)
  await applyInPart(world, batch, arrived, requests)
  await giveUp(world, batch)
  // From now on no row of the shard tells whether it holds the batch.
  await deliver(world, 1, 6, [after], arrived + 60_000)
  return world
}

async function expectRows(world: World, taken: readonly string[] = events): Promise<void> {
  const expected = expectedRows(taken, utc)
  expect(await rollupTexts(world)).toEqual(expected.rollups)
  expect(await minuteTexts(world)).toEqual(expected.minutes)
  expect(await changedTexts(world)).toEqual([])
}

async function requestsOfBatch(): Promise<number> {
  const { counted, total } = counting(memoryWorld())
  await apply(counted, batch)
  return total()
}

describe('a batch that was given up', () => {
  it('counts once, applied not at all before, in any part, or in full', async () => {
    const requests = await requestsOfBatch()
    expect(requests).toBeGreaterThan(10)
    for (let made = 0; made <= requests; made++) {
      for (const rolledUpBefore of [false, true]) {
        const world = await worldWith(made)
        if (rolledUpBefore) await run(world, later)
        expect(await redriveBatchesAt(world, later), `${made} requests`).toMatchObject({
          objects: 1,
          records: 4,
          taken: 3,
          takenOpen: 0,
          refused: [{ reason: 'missing', field: 'id', records: 1 }],
          problems: [],
        })
        await run(world, later)
        await expectRows(world)
        expect(await rejectedTexts(world)).toEqual(['{}'])
      }
    }
  })

  it('leaves its place for redriven/, byte for byte', async () => {
    const world = await worldWith(0)
    const [key = ''] = await objectKeys(world, 'aws/lambda/')
    const body = await bytesOf(world, key)
    await redriveBatchesAt(world, later)
    expect(await objectKeys(world, 'aws/lambda/')).toEqual([])
    expect(await objectKeys(world, 'redriven/')).toEqual([`redriven/${key}`])
    expect(await bytesOf(world, `redriven/${key}`)).toEqual(body)
  })

  it('comes to the same, redriven twice, by two at once, and put back by hand to be so again', async () => {
    const world = await worldWith(5)
    const [key = ''] = await objectKeys(world, 'aws/lambda/')
    const body = await bytesOf(world, key)
    await Promise.all([redriveBatchesAt(world, later), redriveBatchesAt(world, later)])
    const keys = await objectKeys(world, '')
    expect(await redriveBatchesAt(world, later)).toMatchObject({ objects: 0, records: 0 })
    await run(world, later)
    await expectRows(world)
    await world.objects.put(key, body)
    expect(await redriveBatchesAt(world, later)).toMatchObject({ taken: 3 })
    expect((await objectKeys(world, '')).filter((one) => !one.startsWith('parts/'))).toEqual(keys)
    await run(world, later)
    await expectRows(world)
  })

  it('counts once that is kept in two objects, whole and halved', async () => {
    const world = await worldWith(3)
    await giveUp(
      world,
      { ...batch, records: StreamRecords.of([...batch.records].slice(0, 2)) },
      'r2',
    )
    await giveUp(world, { ...batch, records: StreamRecords.of([...batch.records].slice(2)) }, 'r3')
    expect(await redriveBatchesAt(world, later)).toMatchObject({ objects: 3, records: 4, taken: 3 })
    await run(world, later)
    await expectRows(world)
    expect(await rejectedTexts(world)).toEqual(['{}'])
  })

  it('may be redriven before or after its rejects are, where a definition was corrected', async () => {
    const strict = takingOnly(/^b$/)
    for (const order of ['rejects first', 'batches first']) {
      const world = memoryWorld()
      // It left its rejects behind, and was given up then.
      await applyInPart(world, batch, arrived, 1, strict)
      expect(Object.keys(await rejectsByObject(world))).toHaveLength(1)
      await giveUp(world, batch)
      if (order === 'batches first') await redriveBatchesAt(world, later)
      expect(await redriveRejectsAt(world, later)).toMatchObject({ taken: 2 })
      if (order === 'rejects first') await redriveBatchesAt(world, later)
      await run(world, later)
      await expectRows(world, given)
      expect(await rejectedTexts(world)).toEqual(['{}'])
    }
  })

  it('leaves as rejects what the definition refuses, as the stream function would have', async () => {
    const strict = takingOnly(/^b$/)
    const applied = memoryWorld()
    await apply(applied, batch, strict)
    const world = memoryWorld()
    await giveUp(world, batch)
    await redriveBatchesAt(world, later, { definition: strict })
    expect(await rejectsByObject(world)).toEqual(await rejectsByObject(applied))
    expect(await redriveRejectsAt(world, later)).toMatchObject({ taken: 2 })
    await run(world, later)
    await expectRows(world, given)
  })

  it('of aggregated records is unpacked', async () => {
    const world = memoryWorld()
    const data = await kplAggregate(given.map((line) => Buffer.from(line)))
    await giveUp(
      world,
      batchOf(
        1,
        [
          [1, data],
          [2, after],
        ],
        arrived,
      ),
    )
    expect(await redriveBatchesAt(world, later)).toMatchObject({ records: 5, taken: 4 })
    await run(world, later)
    await expectRows(world, [...given, after])
    const { rejects } = storesOn(world, () => 0)
    const [key = ''] = await Array.fromAsync(rejects.list())
    expect(await Array.fromAsync(rejects.read(key))).toMatchObject([{ subSequenceNumber: 2 }])
  })

  it('is judged by the arrival of each record', async () => {
    const world = memoryWorld()
    const ahead = sale('9', '16T11:30:01', 'a')
    const early = batchOf(1, [[1, ahead]], arrived)
    const late = batchOf(1, [[2, ahead]], arrived + 1_000)
    const records = StreamRecords.of([...early.records, ...late.records])
    await giveUp(world, { ...early, records, arrivedMs: arrived + 1_000 })
    // By now its time has come, and the stream function would have refused it all the same.
    expect(await redriveBatchesAt(world, later)).toMatchObject({
      taken: 1,
      refused: [{ reason: 'too-far-ahead', records: 1 }],
    })
  })

  it('is counted when its hour is over, where that is open', async () => {
    const world = await worldWith(0)
    const open = at('16T10:40:00')
    expect(await redriveBatchesAt(world, open)).toMatchObject({ taken: 3, takenOpen: 2 })
    await run(world, open)
    expect(await rollupTexts(world)).toEqual(
      expectedRows([before, after, given[3] ?? ''], utc).rollups,
    )
    await run(world, at('16T11:05:00'))
    await expectRows(world)
  })

  it('is taken by the hour in which its first record arrived, where a range is given', async () => {
    const world = await worldWith(0)
    const from = (text: string) => ({ fromMs: at(text), toMs: Number.POSITIVE_INFINITY })
    const none = await redriveBatchesAt(world, later, { arrived: from('16T11:00:00') })
    expect(none).toMatchObject({ objects: 0, records: 0, taken: 0 })
    const some = await redriveBatchesAt(world, later, { arrived: from('16T10:59:00') })
    expect(some).toMatchObject({ objects: 1, taken: 3 })
  })

  it("is told of and left where it can't be read, and keeps none of the others", async () => {
    const world = await worldWith(0)
    const bad = 'aws/lambda/m/shardId-000000000000/2026/11/16/2026-11-16T10.00.00-x'
    await world.objects.put(bad, Buffer.from('{"requestPayload":{}}'))
    const figures = await redriveBatchesAt(world, later)
    expect(figures.problems).toEqual([
      { objectKey: bad, message: expect.stringContaining(`${bad} has no payload`) },
    ])
    expect(figures).toMatchObject({ objects: 1, taken: 3 })
    expect(await objectKeys(world, 'aws/')).toEqual([bad])
  })

  it('is told of by a dry run as by the run, which writes nothing', async () => {
    const world = await worldWith(4)
    const keys = await objectKeys(world, '')
    const marks = await changedTexts(world)
    const dry = await redriveBatchesAt(world, later, { dryRun: true })
    expect(await objectKeys(world, '')).toEqual(keys)
    expect(await changedTexts(world)).toEqual(marks)
    expect(await redriveBatchesAt(world, later)).toEqual(dry)
  })

  it('is told of as it goes', async () => {
    const world = await worldWith(0)
    await giveUp(
      world,
      { ...batch, records: StreamRecords.of([...batch.records].slice(0, 1)) },
      'r2',
    )
    const seen: [done: number, total: number][] = []
    await redriveBatchesAt(world, later, { onProgress: (...progress) => seen.push(progress) })
    expect(seen).toEqual([
      [0, 2],
      [1, 2],
      [2, 2],
    ])
  })
})

async function bytesOf(world: World, key: string): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync((await world.objects.get(key)) ?? []))
}
