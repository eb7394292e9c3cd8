import { describe, expect, it } from 'vitest'
import { Reject } from '../../lib/core/index.ts'
import { StreamRecords } from '../../lib/records/stream-records.ts'
import { linesIn } from '../support/history-lines.ts'
import { salesPipeline } from '../support/sales.ts'
import { batchOf, type SequencedLine } from '../support/sales-batches.ts'
import { apply, at, deliver, run, sale, utc } from '../support/steps.ts'
import {
  copyOf,
  type MemoryWorld,
  memoryWorld,
  storesOn,
  type World,
  worldThrough,
} from '../support/world.ts'
import {
  changedTexts,
  expectedRows,
  minuteTexts,
  objectKeys,
  rollupTexts,
} from '../support/world-rows.ts'
import { redriveRejectsAt, rejectedTexts, rejectsByObject, takingOnly } from './redrives.ts'

const arrived = at('16T10:30:00')
const later = at('16T12:00:00')

const a = sale('1', '16T10:05:00', 'a')
const b = sale('2', '16T10:05:30', 'b', { quantity: 2 })
const c = sale('3', '16T09:06:00', 'c')
const broken = '{"id":'
const lines = [a, b, c, broken]

const numbered = (some: readonly string[], from = 1) =>
  some.map((line, index): SequencedLine => [from + index, line])

/** As the records of one aggregated record are numbered. */
const numberedWithin = (records: StreamRecords) =>
  StreamRecords.of([...records].map((record, at) => ({ ...record, subSequenceNumber: at })))

/** All four lines, of which the definition of then took the first only. */
async function strictWorld(): Promise<MemoryWorld> {
  const world = memoryWorld()
  await apply(world, batchOf(1, numbered(lines), arrived), takingOnly(/^a$/))
  await run(world, later)
  return world
}

async function expectRows(world: World, taken: readonly string[]): Promise<void> {
  const expected = expectedRows(taken, utc)
  expect(await rollupTexts(world)).toEqual(expected.rollups)
  expect(await minuteTexts(world)).toEqual(expected.minutes)
  expect(await changedTexts(world)).toEqual([])
}

describe('rejected records', () => {
  it('are put back once the definition takes them, and the others stay as they were', async () => {
    const world = await strictWorld()
    await expectRows(world, [a])
    const before = await storedLines(world)
    const figures = await redriveRejectsAt(world, later)
    expect(figures).toEqual({
      objects: 1,
      records: 3,
      taken: 2,
      takenOpen: 0,
      takenByHour: new Map([
        [at('16T09:00:00'), 1],
        [at('16T10:00:00'), 1],
      ]),
      refused: [{ reason: 'not-json', field: null, records: 1 }],
      problems: [],
    })
    expect(await changedTexts(world)).toEqual(['hour 2026-11-16T09:00', 'hour 2026-11-16T10:00'])
    await run(world, later)
    await expectRows(world, [a, b, c])
    expect(await storedLines(world)).toEqual(before.filter((line) => line.includes('not-json')))
    const [folder] = Object.keys(await rejectsByObject(world))
    expect(folder).toMatch(/^rejected\/2026-11-16\/10\/shardId-000000000001-\d+-\d+\./)
  })

  it('that were put back are kept as they were found, under redriven/', async () => {
    const world = await strictWorld()
    const before = await storedLines(world)
    await redriveRejectsAt(world, later)
    const { rejects } = storesOn(world, () => 0)
    const [key = '', ...more] = await objectKeys(world, 'redriven/')
    expect(more).toEqual([])
    expect(key).toMatch(/^redriven\/rejected\/2026-11-16\/10\/shardId-000000000001-/)
    const kept = await Array.fromAsync(rejects.read(key))
    expect(kept.map((line) => JSON.stringify(line))).toEqual(
      before.filter((line) => !line.includes('not-json')),
    )
  })

  it('may be corrected in two steps, each with records of its own of one object', async () => {
    const world = await strictWorld()
    // Neither step takes what the other does.
    expect(await redriveRejectsAt(world, later, { definition: takingOnly(/^b$/) })).toMatchObject({
      taken: 1,
      refused: [{}, { reason: 'pattern', field: 'product' }],
    })
    await run(world, later)
    await expectRows(world, [a, b])
    expect(await redriveRejectsAt(world, later, { definition: takingOnly(/^c$/) })).toMatchObject({
      taken: 1,
      refused: [{ reason: 'not-json', field: null }],
    })
    await run(world, later)
    await expectRows(world, [a, b, c])
    expect(await rejectedTexts(world)).toEqual([broken])
    expect(await objectKeys(world, 'redriven/')).toHaveLength(2)
  })

  it('may be corrected in two steps, each with parts of its own of one aggregated record', async () => {
    const world = memoryWorld()
    const parts = [b, sale('6', '16T10:05:30', 'a')]
    const batch = batchOf(
      1,
      parts.map((line): SequencedLine => [1, line]),
      arrived,
    )
    const records = numberedWithin(batch.records)
    await apply(world, { ...batch, records }, takingOnly(/^c$/))
    for (const product of [/^b$/, /^a$/]) {
      const figures = await redriveRejectsAt(world, later, { definition: takingOnly(product) })
      expect(figures).toMatchObject({ taken: 1 })
    }
    await run(world, later)
    await expectRows(world, parts)
  })

  it('are all put back by two at once, one of whom has a definition of the past', async () => {
    const start = memoryWorld()
    const some = [a, sale('6', '16T10:05:40', 'b'), sale('7', '16T10:05:50', 'a')]
    await apply(start, batchOf(1, numbered(some), arrived), takingOnly(/^c$/))
    const past = { definition: takingOnly(/^a$/) }
    for (const slowest of [0, 1]) {
      for (let turns = 0; turns < 12; turns++) {
        const world = copyOf(start)
        const slow = worldThrough(world, () => async (request) => {
          for (let turn = 0; turn < turns; turn++) await Promise.resolve()
          return request()
        })
        const worlds = slowest === 0 ? [slow, world] : [world, slow]
        const [one = world, other = world] = worlds
        await Promise.all([redriveRejectsAt(one, later, past), redriveRejectsAt(other, later)])
        await redriveRejectsAt(world, later)
        await run(world, later)
        await expectRows(world, some)
        expect(await rejectedTexts(world)).toEqual([])
      }
    }
  })

  it('are counted when their hour is over, where it is open', async () => {
    const world = memoryWorld()
    await apply(world, batchOf(1, numbered(lines), arrived), takingOnly(/^a$/))
    const open = at('16T10:40:00')
    await run(world, open)
    expect(await redriveRejectsAt(world, open)).toMatchObject({ taken: 2, takenOpen: 1 })
    expect(await redriveRejectsAt(world, at('16T11:04:59'))).toMatchObject({ takenOpen: 0 })
    await run(world, open)
    expect(await rollupTexts(world)).toEqual(expectedRows([a, c], utc).rollups)
    await run(world, at('16T11:05:00'))
    await expectRows(world, [a, b, c])
  })

  it('are judged by their own arrival', async () => {
    const world = memoryWorld()
    const ahead = sale('9', '16T13:00:00', 'a')
    await deliver(world, 1, 1, [ahead], arrived)
    // By now its time has come, but a second delivery would have refused it all the same.
    expect(await redriveRejectsAt(world, at('17T00:00:00'))).toMatchObject({
      taken: 0,
      refused: [{ reason: 'too-far-ahead', field: 'at', records: 1 }],
    })
    const patient = { ...salesPipeline, maxAheadMs: 10_800_000 }
    const figures = await redriveRejectsAt(world, at('17T00:00:00'), { definition: patient })
    expect(figures).toMatchObject({ taken: 1 })
  })

  it('of files are put back where the line is whole', async () => {
    const world = memoryWorld()
    const { rejects } = storesOn(world, () => 0)
    const keep = async (line: number, reject: Reject, text: string) => {
      const sequenceNumber = String(line)
      const cut = {
        lane: 'file-0f',
        firstSequenceNumber: sequenceNumber,
        lastSequenceNumber: sequenceNumber,
      }
      const record = { sequenceNumber, subSequenceNumber: 0, arrivedMs: arrived, reject }
      await rejects.append(cut, [{ ...record, data: Buffer.from(text) }])
    }
    await keep(1, new Reject('too-large', undefined, 'line 1 cannot be sent'), a)
    // What there is of it looks whole.
    await keep(2, new Reject('cut-short', undefined, 'the file ends'), b)
    expect(await redriveRejectsAt(world, later)).toMatchObject({
      taken: 1,
      refused: [{ reason: 'cut-short', field: null, records: 1 }],
    })
    expect(await rejectedTexts(world)).toEqual([b])
    await run(world, later)
    await expectRows(world, [a])
  })

  it('are put back byte for byte, those of a KPL record each for itself', async () => {
    const world = memoryWorld()
    const mark = Buffer.concat([Buffer.from('\ufeff'), Buffer.from(b)])
    const notUtf8 = Uint8Array.of(0xff, 0x00)
    const batch = batchOf(
      1,
      [
        [1, a],
        [1, mark],
        [1, notUtf8],
      ],
      arrived,
    )
    const records = numberedWithin(batch.records)
    await apply(world, { ...batch, records }, takingOnly(/^c$/))
    expect(await redriveRejectsAt(world, later)).toMatchObject({ records: 3, taken: 2 })
    const { history, rejects } = storesOn(world, () => 0)
    const events = await linesIn(history.read(at('16T10:00:00')))
    expect(events.map((line) => Buffer.from(line))).toEqual([Buffer.from(a), mark])
    const [key = ''] = await Array.fromAsync(rejects.list())
    expect(await Array.fromAsync(rejects.read(key))).toMatchObject([
      { subSequenceNumber: 2, dataBase64: '/wA=', reason: 'not-utf8' },
    ])
    await run(world, later)
    await expectRows(world, [a, b])
  })

  it('are taken by the hour of their arrival, where a range is given', async () => {
    const world = memoryWorld()
    const strict = takingOnly(/^a$/)
    for (const [index, time] of ['16T09:59:59', '16T10:00:00', '16T11:00:00'].entries()) {
      await apply(world, batchOf(1, [[index, [b, c, lines[1]][index] ?? '']], at(time)), strict)
    }
    const range = { fromMs: at('16T10:10:00'), toMs: at('16T11:00:00') }
    expect(await redriveRejectsAt(world, later, { arrived: range })).toMatchObject({
      objects: 1,
      taken: 1,
      takenByHour: new Map([[at('16T09:00:00'), 1]]),
    })
    expect(Object.keys(await rejectsByObject(world)).map((key) => key.slice(0, 22))).toEqual([
      'rejected/2026-11-16/09',
      'rejected/2026-11-16/11',
    ])
  })
})

describe('a dry run', () => {
  it('tells the same as the run, and writes nothing', async () => {
    const world = await strictWorld()
    const readOnly = worldThrough(world, () => async (request) => {
      const before = await objectKeys(world, '')
      const marks = await changedTexts(world)
      const answer = await request()
      expect(await objectKeys(world, '')).toEqual(before)
      expect(await changedTexts(world)).toEqual(marks)
      return answer
    })
    const dry = await redriveRejectsAt(readOnly, later, { dryRun: true })
    expect(dry.taken).toBe(2)
    expect(await redriveRejectsAt(world, later)).toEqual(dry)
  })
})

describe('objects that are not what they should be', () => {
  const good = 'rejected/2026-11-16/10/shardId-1-1-2.ndjson.gz'
  const line = {
    shard: 's',
    sequenceNumber: '1',
    subSequenceNumber: 0,
    arrivedAt: '2026-11-16T10:00:00.000Z',
    field: null,
    reason: 'pattern',
    message: 'm',
    data: a,
  }

  it('are told of and left, and keep none of the others', async () => {
    const world = await strictWorld()
    const { rejects } = storesOn(world, () => 0)
    const bad: Record<string, Uint8Array> = {
      'rejected/notes.txt': Buffer.from('hello'),
      'rejected/2026-11-16/25/s-1-1.ndjson.gz': Buffer.from(''),
      'rejected/2026-11-16/10/s-2-2.ndjson.gz': Buffer.from('no gzip'),
    }
    for (const [key, body] of Object.entries(bad)) await world.objects.put(key, body)
    const mixed = await rejects.putLines(good, [line, { ...line, shard: 't' }])
    const figures = await redriveRejectsAt(world, later)
    expect(figures.problems.map(({ message }) => message)).toEqual([
      'rejected/2026-11-16/10/s-2-2.ndjson.gz is cut short or damaged',
      `${mixed} holds records of more than one shard`,
      'rejected/2026-11-16/25/s-1-1.ndjson.gz is not named as rejects are',
      'rejected/notes.txt is not named as rejects are',
    ])
    expect(figures).toMatchObject({ objects: 1, taken: 2 })
    expect(await objectKeys(world, 'rejected/')).toEqual(
      expect.arrayContaining([...Object.keys(bad), mixed]),
    )
  })

  it('of a former version have no digest in their names, and are taken like the others', async () => {
    const world = memoryWorld()
    const { rejects } = storesOn(world, () => 0)
    const named = await rejects.putLines(good, [
      line,
      { ...line, sequenceNumber: '2', data: broken },
    ])
    const body = Buffer.concat(await Array.fromAsync((await world.objects.get(named)) ?? []))
    await world.objects.delete([named])
    await world.objects.put(good, body)
    expect(await redriveRejectsAt(world, later)).toMatchObject({ taken: 1, problems: [] })
    expect(await rejectedTexts(world)).toEqual([broken])
    expect(await objectKeys(world, good)).toEqual([])
  })

  it('are not deleted where what is left has taken their name', async () => {
    const world = memoryWorld()
    const { rejects } = storesOn(world, () => 0)
    const left = { ...line, sequenceNumber: '2', data: broken }
    const whole = await rejects.putLines(good, [line, left])
    const rest = await rejects.putLines(good, [left])
    // Somebody has moved the whole to the name of what was left of it.
    const body = await Array.fromAsync((await world.objects.get(whole)) ?? [])
    await world.objects.put(rest, Buffer.concat(body))
    await world.objects.delete([whole])
    await redriveRejectsAt(world, later)
    expect(await rejectsByObject(world)).toEqual({ [rest]: [broken] })
  })
})

/** The lines of all rejects as they stand in their objects. */
async function storedLines(world: World): Promise<string[]> {
  const { rejects } = storesOn(world, () => 0)
  const found: string[] = []
  for await (const key of rejects.list()) {
    for await (const line of rejects.read(key)) found.push(JSON.stringify(line))
  }
  return found
}
