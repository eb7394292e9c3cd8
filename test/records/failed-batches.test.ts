import { describe, expect, it } from 'vitest'
import { createFailedBatches } from '../../lib/records/failed-batches.ts'
import { MemoryObjects } from '../../lib/store/memory/memory-objects.ts'
import { UnexpectedContent } from '../../lib/store/unexpected-content.ts'

const key = 'aws/lambda/m/shardId-000000000001/2019/11/14/2019-11-14T00.38.06-a1'

const kinesis = {
  kinesisSchemaVersion: '1.0',
  partitionKey: '1',
  sequenceNumber: '49590338271490256608559692538361571095921575989136588898',
  data: 'SGVsbG8=',
  approximateArrivalTimestamp: 1545084650.987,
}
const record = {
  kinesis,
  eventSource: 'aws:kinesis',
  eventID: `shardId-000000000001:${kinesis.sequenceNumber}`,
}

/** An object as the Lambda Developer Guide shows it, but for what it holds. */
function objectWith(payload: unknown): object {
  return {
    requestContext: { requestId: 'r', condition: 'RetryAttemptsExhausted' },
    responseContext: { statusCode: 200, functionError: 'Unhandled' },
    version: '1.0',
    timestamp: '2019-11-14T00:38:06.021Z',
    KinesisBatchInfo: {
      shardId: 'shardId-000000000001',
      startSequenceNumber: '49601',
      endSequenceNumber: '49602',
      batchSize: 500,
    },
    ...(payload !== undefined && { payload }),
  }
}

function read(text: string) {
  const objects = new MemoryObjects()
  return objects.put(key, Buffer.from(text)).then(() => createFailedBatches(objects).read(key))
}

const readPayload = (event: unknown) => read(JSON.stringify(objectWith(JSON.stringify(event))))

describe('a batch that was given up', () => {
  it('is read with its shard, its cut and its records, and kept as it is', async () => {
    const text = JSON.stringify(objectWith(JSON.stringify({ Records: [record] })))
    const found = await read(text)
    expect(found && { ...found.batch, records: [...found.batch.records] }).toEqual({
      shard: 'shardId-000000000001',
      firstSequenceNumber: kinesis.sequenceNumber,
      lastSequenceNumber: kinesis.sequenceNumber,
      arrivedMs: 1_545_084_650_987,
      records: [
        {
          sequenceNumber: kinesis.sequenceNumber,
          subSequenceNumber: 0,
          arrivedMs: 1_545_084_650_987,
          data: Buffer.from('Hello'),
        },
      ],
    })
    expect(Buffer.from(found?.body ?? []).toString()).toBe(text)
  })

  it('is none where there is no object', async () => {
    expect(await createFailedBatches(new MemoryObjects()).read(key)).toBeUndefined()
  })

  it('that is kept without its payload is told with where its records are', async () => {
    await expect(read(JSON.stringify(objectWith(undefined)))).rejects.toThrow(
      `${key} has no payload: read the records 49601 to 49602 of shardId-000000000001 from the ` +
        'stream while it remembers them, and put them into it again',
    )
    await expect(read('{}')).rejects.toThrow('does not say which records were given up')
  })

  it.each([
    ['is not the JSON', 'x'],
    ['is not the JSON', ''],
    ['is no object of JSON', '7'],
    ['is no object of JSON', 'null'],
    ['is not the JSON', JSON.stringify({ payload: '{' })],
  ])('%s in %j', async (problem, text) => {
    await expect(read(text)).rejects.toThrow(UnexpectedContent)
    await expect(read(text)).rejects.toThrow(problem)
  })

  const other = (change: object) => ({ ...record, kinesis: { ...kinesis, ...change } })

  it.each<[string, unknown]>([
    ['no event', null],
    ['no records', {}],
    ['no array', { Records: {} }],
    ['an empty record', { Records: [null] }],
    ['a record of another source', { Records: [{ s3: {} }] }],
    ['no shard', { Records: [{ ...record, eventID: kinesis.sequenceNumber }] }],
    ['a shard that would lead elsewhere', { Records: [{ ...record, eventID: 'a/b:1' }] }],
    ['a sequence number that is none', { Records: [other({ sequenceNumber: '1-2' })] }],
    ['a sequence number that lost its digits', { Records: [other({ sequenceNumber: 4.9e55 })] }],
    ['data that is no base64', { Records: [other({ data: '{"id":1}' })] }],
    ['data that is cut short', { Records: [other({ data: 'SGVsb' })] }],
    ['no arrival', { Records: [other({ approximateArrivalTimestamp: undefined })] }],
    ['an arrival at no time', { Records: [other({ approximateArrivalTimestamp: 1e300 })] }],
  ])('is no event of a stream with %s', async (_what, event) => {
    await expect(readPayload(event)).rejects.toThrow('no event of a Kinesis stream')
  })

  it('is found where Lambda keeps it, and no more once it is redriven', async () => {
    const objects = new MemoryObjects()
    await objects.put(key, Buffer.from('{}'))
    await objects.put(`redriven/${key}`, Buffer.from('{}'))
    expect(await Array.fromAsync(createFailedBatches(objects).list())).toEqual([key])
  })

  it('holds at least one record, and of one shard only', async () => {
    await expect(readPayload({ Records: [] })).rejects.toThrow('The batch holds no record')
    const elsewhere = { ...record, eventID: 'shardId-000000000002:1' }
    const mixed = readPayload({ Records: [record, elsewhere] })
    await expect(mixed).rejects.toThrow(UnexpectedContent)
    await expect(readPayload({ Records: [record, elsewhere] })).rejects.toThrow('more than one')
  })
})
