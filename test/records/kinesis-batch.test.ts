import { createHash } from 'node:crypto'
import type { KinesisStreamRecord } from 'aws-lambda'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readKinesisBatch } from '../../lib/records/kinesis-batch.ts'
import { unpackKplRecord } from '../../lib/records/kpl-record.ts'
import { kplAggregate } from '../support/kpl-aggregate.ts'

const magic = Buffer.from([0xf3, 0x89, 0x9a, 0xc2])

/** A message with its magic number and its digest, whatever it holds. */
function sealed(message: Uint8Array): Buffer {
  return Buffer.concat([magic, message, createHash('md5').update(message).digest()])
}

const texts = (payloads: Iterable<Uint8Array> | undefined) =>
  payloads && [...payloads].map((payload) => Buffer.from(payload).toString('latin1'))

describe('an aggregated record', () => {
  const payloads = ['{"id":"1"}', '', '\u0000\u00ff', 'x'.repeat(5_000)].map((text) =>
    Buffer.from(text, 'latin1'),
  )

  it('is unpacked to what its producer put in, in order', async () => {
    expect(texts(unpackKplRecord(await kplAggregate(payloads)))).toEqual(texts(payloads))
  })

  it('is unpacked whatever its payloads are', async () => {
    const some = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(some, async (all) => {
        expect(texts(unpackKplRecord(await kplAggregate(all)))).toEqual(texts(all))
      }),
      { numRuns: 30 },
    )
  })

  it('is a plain record with a wrong digest, or cut anywhere', async () => {
    const record = await kplAggregate(payloads.slice(0, 3))
    for (let at = 0; at < record.length; at++) {
      expect(unpackKplRecord(record.subarray(0, at))).toBeUndefined()
      const damaged = Buffer.from(record)
      damaged[at] = (damaged[at] ?? 0) ^ 0x01
      expect(unpackKplRecord(damaged)).toBeUndefined()
    }
  })

  it('is a plain record where its message is cut short, though its digest is right', async () => {
    const record = await kplAggregate([Buffer.from('one'), Buffer.from('two')])
    const message = record.subarray(magic.length, -16)
    const last = message.lastIndexOf('two')
    for (const end of [last - 1, last, last + 1, last + 2]) {
      expect(unpackKplRecord(sealed(message.subarray(0, end)))).toBeUndefined()
    }
    expect(texts(unpackKplRecord(sealed(message)))).toEqual(['one', 'two'])
  })

  it.each([
    ['a record without data', [0x1a, 0x02, 0x08, 0x00]],
    ['records that are no bytes', [0x18, 0x05]],
    ['data that is no bytes', [0x1a, 0x02, 0x18, 0x05]],
    ['data that is a number, which as a length would fit', [0x1a, 0x02, 0x18, 0x00]],
    ['a number without end', Array<number>(12).fill(0xff)],
    ['nothing, which would be lost', []],
    ['no record but something else, which would be lost', [0x4a, 0x02, 0x01, 0x02]],
    ['a field without a number', [0x00]],
    ['a record, and a field without a number', [0x1a, 0x03, 0x1a, 0x01, 0x61, 0x00]],
    ['a field whose number is too large', [0x9a, 0x80, 0x80, 0x80, 0x80, 0x01, 0x02, 0x1a, 0x00]],
    [
      'an unknown number of eleven bytes',
      [0x1a, 0x03, 0x1a, 0x01, 0x61, 0x48, ...Array<number>(10).fill(0x80), 0x01],
    ],
    ['a field of an unknown type', [0x0f, 0x01]],
  ])('is a plain record where its message holds %s', (_what, message) => {
    expect(unpackKplRecord(sealed(Uint8Array.from(message)))).toBeUndefined()
  })

  it('may hold fields that are not known', () => {
    // Field 9 with two bytes, then one record with data "a" and an unknown field of its own.
    const message = [0x4a, 0x02, 0x01, 0x02, 0x1a, 0x05, 0x48, 0x07, 0x1a, 0x01, 0x61]
    expect(texts(unpackKplRecord(sealed(Uint8Array.from(message))))).toEqual(['a'])
  })

  it.each(['', '{"id":"1"}', '\u00f3\u0089\u009a\u00c2', 'x'.repeat(100)])(
    'is none where there is no magic number, or nothing behind it: %#',
    (text) => {
      expect(unpackKplRecord(Buffer.from(text, 'latin1'))).toBeUndefined()
    },
  )
})

/** A record as Lambda hands it over. */
function streamRecord(sequenceNumber: string, data: Uint8Array, shard = 7, arrived = 1.5) {
  const shardId = `shardId-${String(shard).padStart(12, '0')}`
  return {
    eventID: `${shardId}:${sequenceNumber}`,
    kinesis: {
      sequenceNumber,
      data: Buffer.from(data).toString('base64'),
      approximateArrivalTimestamp: arrived,
    },
  } as KinesisStreamRecord
}

describe('readKinesisBatch', () => {
  it('reads the records of a shard, plain and aggregated, in order', async () => {
    const batch = readKinesisBatch({
      Records: [
        streamRecord('101', Buffer.from('a'), 7, 1_795_341_600.123),
        streamRecord(
          '102',
          await kplAggregate([Buffer.from('b'), Buffer.from('c')]),
          7,
          1_795_341_601,
        ),
        streamRecord('9'.repeat(129), Buffer.from('d'), 7, 1_795_341_602.9994),
      ],
    })
    const plain = [...batch.records].map(({ data, ...rest }) => ({
      ...rest,
      text: data.toString(),
    }))
    expect({ ...batch, records: plain }).toEqual({
      shard: 'shardId-000000000007',
      firstSequenceNumber: '101',
      lastSequenceNumber: '9'.repeat(129),
      arrivedMs: 1_795_341_602_999,
      records: [
        { sequenceNumber: '101', subSequenceNumber: 0, arrivedMs: 1_795_341_600_123, text: 'a' },
        { sequenceNumber: '102', subSequenceNumber: 0, arrivedMs: 1_795_341_601_000, text: 'b' },
        { sequenceNumber: '102', subSequenceNumber: 1, arrivedMs: 1_795_341_601_000, text: 'c' },
        {
          sequenceNumber: '9'.repeat(129),
          subSequenceNumber: 0,
          arrivedMs: 1_795_341_602_999,
          text: 'd',
        },
      ],
    })
  })

  it('reads whatever records hold, and all of it into one text', async () => {
    const payload = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constant(magic))
    const records = fc.array(fc.array(payload, { minLength: 1, maxLength: 5 }), { minLength: 1 })
    await fc.assert(
      fc.asyncProperty(records, async (all) => {
        const Records = await Promise.all(
          all.map(async (payloads, at) => {
            const [only = magic] = payloads
            const data = payloads.length === 1 ? only : await kplAggregate(payloads)
            return streamRecord(String(at + 1), data)
          }),
        )
        const batch = readKinesisBatch({ Records })
        expect([...batch.records].map(({ data }) => Buffer.from(data))).toEqual(
          all.flat().map((data) => Buffer.from(data)),
        )
        const text = batch.records.lines.text()
        expect(text.buffer).toBe(batch.records.lines.bytes.buffer)
        const joined = Buffer.concat(all.flat().flatMap((data) => [data, Buffer.from('\n')]))
        expect(Buffer.from(text)).toEqual(joined)
      }),
      { numRuns: 50 },
    )
  })

  it('takes records whose ids end with another number than that of their sequence', () => {
    const records = ['101', '102'].map((number) => streamRecord(number, Buffer.from('a')))
    const Records = records.map((record, at) => ({
      ...record,
      eventID: `shardId-000000000007:${7 + 3 * at}`,
    }))
    expect(readKinesisBatch({ Records })).toMatchObject({ shard: 'shardId-000000000007' })
  })

  it('throws where there is no record, or records of two shards', () => {
    expect(() => readKinesisBatch({ Records: [] })).toThrow('The batch holds no record')
    const mixed = [streamRecord('1', Buffer.from('a'), 1), streamRecord('2', Buffer.from('b'), 2)]
    expect(() => readKinesisBatch({ Records: mixed })).toThrow(
      'The batch holds records of more than one shard',
    )
  })

  it.each([undefined, null, {}, { Records: 'none' }, { Records: { length: 1 } }])(
    'throws where the event is none of a stream: %j',
    (event) => {
      expect(() => readKinesisBatch(event as never)).toThrow('The event is not one of a stream')
    },
  )

  it.each([[['2', '1']], [['1', '1']], [['10', '9']], [['1', '3', '2']]])(
    'throws where sequence numbers do not rise: %j',
    (sequenceNumbers) => {
      const Records = sequenceNumbers.map((number) => streamRecord(number, Buffer.from('a')))
      expect(() => readKinesisBatch({ Records })).toThrow('out of order')
    },
  )

  it.each([
    [{ sequenceNumber: '' }, 'sequence number'],
    [{ sequenceNumber: '1-2' }, 'sequence number'],
    [{ sequenceNumber: '9'.repeat(130) }, 'sequence number'],
    [{ approximateArrivalTimestamp: Number.NaN }, 'time of arrival'],
    [{ approximateArrivalTimestamp: undefined }, 'time of arrival'],
    [{ approximateArrivalTimestamp: -1 }, 'time of arrival'],
    [{ approximateArrivalTimestamp: 1e300 }, 'time of arrival'],
    [{ data: '!!!!' }, 'base64'],
    [{ data: 'YWJj*' }, 'base64'],
    [{ data: 'YQ==YQ==' }, 'base64'],
  ])('throws where a record of a stream cannot be %j', (changed, what) => {
    const { eventID, kinesis } = streamRecord('1', Buffer.from('a'))
    const record = { eventID, kinesis: { ...kinesis, ...changed } } as KinesisStreamRecord
    expect(() => readKinesisBatch({ Records: [record] })).toThrow(what)
  })

  it.each([
    '',
    'shardId-000000000000',
    ':1',
    'shardId-:1',
    // A lane of ours, or a name that holds our delimiter.
    'history:1',
    'redriven-00-shardId-000000000000:1',
    'shardId-0#0:1',
    'shardId-0/0:1',
  ])('throws where no shard is named: %j', (eventID) => {
    const record = { ...streamRecord('1', Buffer.from('a')), eventID }
    expect(() => readKinesisBatch({ Records: [record] })).toThrow(
      `The event is not a record of a stream: ${eventID}`,
    )
  })
})
