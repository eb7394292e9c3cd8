import { createHash } from 'node:crypto'
import type { KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda'
import { describe, expect, it } from 'vitest'
import { readKinesisBatch } from '../../lib/records/kinesis-batch.ts'
import type { RejectLine } from '../../lib/records/rejects.ts'
import { applyBatch } from '../../lib/stream/apply-batch.ts'
import { salesPipeline } from '../support/sales.ts'
import { lineOf } from '../support/sales-batches.ts'
import { memoryWorld, storesOn } from '../support/world.ts'
import { minuteTexts } from '../support/world-rows.ts'

const nowMs = Date.parse('2026-11-25T12:00:00Z')
const sale = lineOf({ id: '1', at: '2026-11-25T11:59:00Z', product: 'a' })

/** An aggregated record (Kinesis Producer Library) of any message, with its right digest. */
function sealed(message: Uint8Array): Buffer {
  const digest = createHash('md5').update(message).digest()
  return Buffer.concat([Buffer.from('f3899ac2', 'hex'), message, digest])
}

/** A message of user records that hold these bytes, each shorter than 120. */
function messageOf(...payloads: readonly (string | Uint8Array)[]): Buffer {
  return Buffer.concat(
    payloads.map((payload) => {
      const data = Buffer.from(payload as string)
      return Buffer.concat([Uint8Array.of(0x1a, data.length + 2, 0x1a, data.length), data])
    }),
  )
}

function eventOf(records: readonly (string | Uint8Array)[]): KinesisStreamEvent {
  return {
    Records: records.map((data, at) => {
      const kinesis = {
        sequenceNumber: String(100 + at),
        data: Buffer.from(data as string).toString('base64'),
        approximateArrivalTimestamp: nowMs / 1000,
      }
      return { eventID: `shardId-000000000000:${100 + at}`, kinesis } as KinesisStreamRecord
    }),
  }
}

/** What became of records: how many were counted, and all that were kept as rejected. */
async function applied(...records: readonly (string | Uint8Array)[]) {
  const world = memoryWorld()
  const stores = storesOn(world, () => nowMs)
  const batch = readKinesisBatch(eventOf(records))
  const { events, rejects } = await applyBatch(salesPipeline, stores, batch, nowMs)
  const kept: RejectLine[] = []
  for await (const key of stores.rejects.list()) {
    for await (const line of stores.rejects.read(key)) kept.push(line)
  }
  expect(kept).toHaveLength(rejects)
  expect(events + rejects).toBe(batch.records.length)
  return { events, kept, rows: await minuteTexts(world) }
}

const bytesOf = ({ data, dataBase64 = '' }: RejectLine) =>
  data === undefined ? Buffer.from(dataBase64, 'base64') : Buffer.from(data)

describe('a hostile record among good ones', () => {
  it.each<[what: string, record: Uint8Array]>([
    ['nothing', Buffer.alloc(0)],
    ['a NUL', Buffer.alloc(1)],
    ['the magic number alone', Buffer.from('f3899ac2', 'hex')],
    ['an aggregation of nothing', sealed(Buffer.alloc(0))],
    ['an aggregation of an unknown field', sealed(Buffer.from('4a020102', 'hex'))],
    ['an aggregation that is cut short', sealed(messageOf(sale, sale)).subarray(0, -30)],
    [
      'an aggregation with a wrong digest',
      Buffer.concat([sealed(messageOf(sale)).subarray(0, -1), Buffer.alloc(1)]),
    ],
    ['a length of four billion', sealed(Buffer.from('1affffffff0f', 'hex'))],
    ['a length of two to the 63', sealed(Buffer.from('1affffffffffffffff7f', 'hex'))],
    [
      'a user record without data',
      sealed(Buffer.concat([messageOf(sale), Buffer.from('1a020800', 'hex')])),
    ],
    ['an object that is nested 200,000 deep', Buffer.from('{"a":'.repeat(200_000))],
    ['a quarter of a million digits', Buffer.from('9'.repeat(250_000))],
    ['random bytes', createHash('sha512').update('x').digest()],
  ])('is kept as it came, and harms none of them: %s', async (_what, record) => {
    const { events, kept, rows } = await applied(sale, record, sale.replace('"1"', '"2"'))
    expect(events).toBe(2)
    expect(kept.map(bytesOf)).toEqual([Buffer.from(record)])
    expect(kept[0]).toMatchObject({ sequenceNumber: '101', subSequenceNumber: 0, field: null })
    expect(rows).toEqual((await applied(sale, sale.replace('"1"', '"2"'))).rows)
  })

  it('that is aggregated twice is unpacked once, and kept', async () => {
    const inner = sealed(messageOf(sale))
    const { events, kept } = await applied(sealed(messageOf('x', inner)))
    expect(events).toBe(0)
    expect(kept.map(bytesOf)).toEqual([Buffer.from('x'), inner])
    expect(kept.map(({ subSequenceNumber }) => subSequenceNumber)).toEqual([0, 1])
  })

  it('of twenty thousand user records has each counted or kept', async () => {
    const some = Array.from({ length: 20_000 }, (_, at) => (at % 1000 === 0 ? '{}' : ''))
    const { events, kept } = await applied(sale, sealed(messageOf(...some)))
    expect(events).toBe(1)
    expect(kept.filter(({ reason }) => reason === 'missing')).toHaveLength(20)
    expect(kept.at(-1)?.subSequenceNumber).toBe(19_999)
  })

  it('of thousands of events counts them all', async () => {
    const sales = Array.from({ length: 2_000 }, (_, at) => sale.replace('"1"', `"${at}"`))
    const { events, kept, rows } = await applied(sealed(messageOf(...sales)))
    expect({ events, kept }).toEqual({ events: 2_000, kept: [] })
    expect(rows.join()).toContain('2000')
  })
})
