import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createBatchBuffer } from '../../emulator/event-source-mapping/batch-buffer.ts'
import { openCheckpointFile } from '../../emulator/event-source-mapping/checkpoint-file.ts'
import {
  failureObjectKey,
  failureRecord,
} from '../../emulator/event-source-mapping/failure-record.ts'
import { readableShards } from '../../emulator/event-source-mapping/shard-order.ts'
import { kinesisEvent, payloadSizer } from '../../emulator/event-source-mapping/stream-record.ts'
import { temporaryFolder } from '../support/temp-folder.ts'

const source = {
  shardId: 'shardId-000000000003',
  streamArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/s',
  region: 'us-east-1',
}
const record = {
  sequenceNumber: '49590',
  partitionKey: 'p',
  data: 'aGk=',
  arrivalMs: 1_545_084_650_987,
}

describe('the event', () => {
  test('has the form that Lambda gives it', () => {
    expect(kinesisEvent(source, [record])).toEqual({
      Records: [
        {
          kinesis: {
            kinesisSchemaVersion: '1.0',
            partitionKey: 'p',
            sequenceNumber: '49590',
            data: 'aGk=',
            approximateArrivalTimestamp: 1545084650.987,
          },
          eventSource: 'aws:kinesis',
          eventVersion: '1.0',
          eventID: 'shardId-000000000003:49590',
          eventName: 'aws:kinesis:record',
          invokeIdentityArn: expect.stringMatching(/^arn:aws:iam::\d{12}:role\//),
          awsRegion: 'us-east-1',
          eventSourceARN: source.streamArn,
        },
      ],
    })
  })

  test('has as many bytes as the sizes of its records say', () => {
    const records = fc.array(
      fc.record({
        sequenceNumber: fc.bigInt({ min: 0n, max: 10n ** 60n }).map(String),
        partitionKey: fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
        data: fc.base64String({ maxLength: 50 }),
        arrivalMs: fc.integer({ min: 0, max: 4e12 }),
      }),
      { minLength: 1, maxLength: 20 },
    )
    const sizeOf = payloadSizer(source)
    fc.assert(
      fc.property(records, (all) => {
        const sizes = all.reduce((sum, one) => sum + sizeOf(one), '{"Records":[]}'.length)
        // Each size counts a comma, and the last record has none.
        expect(sizes - 1).toBe(Buffer.byteLength(JSON.stringify(kinesisEvent(source, all))))
      }),
    )
  })
})

describe('the batch buffer', () => {
  // Up to 2 MB, so that a few fill a payload.
  const sizes = fc.array(fc.integer({ min: 0, max: 2_000_000 }), { maxLength: 8 })
  const maxPayloadBytes = 6 * 1024 * 1024
  const payloadBytes = (records: Parameters<typeof kinesisEvent>[1]) =>
    Buffer.byteLength(JSON.stringify(kinesisEvent(source, records)))

  test('cuts everything into batches in order, each as large as may be', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 6 }), (all, batchSize) => {
        const records = all.map((size, index) => ({
          ...record,
          sequenceNumber: String(index),
          data: 'x'.repeat(size),
        }))
        const buffer = createBatchBuffer(source, batchSize)
        buffer.add(records)
        const left = [...records]
        while (!buffer.isEmpty()) {
          const batch = buffer.cut()
          expect(batch).toEqual(left.splice(0, batch.length))
          expect(batch.length).toBeLessThanOrEqual(batchSize)
          if (batch.length > 1) expect(payloadBytes(batch)).toBeLessThanOrEqual(maxPayloadBytes)
          const next = left[0]
          if (next !== undefined && batch.length < batchSize) {
            expect(payloadBytes([...batch, next])).toBeGreaterThan(maxPayloadBytes)
          }
          if (left.length < batchSize && payloadBytes(left) < maxPayloadBytes) {
            expect(buffer.isFull()).toBe(false)
          }
          if (left.length >= batchSize) expect(buffer.isFull()).toBe(true)
        }
        expect(left).toEqual([])
      }),
      { numRuns: 30 },
    )
  })

  test('is full by size as well as by number', () => {
    const buffer = createBatchBuffer(source, 2)
    expect([buffer.isEmpty(), buffer.isFull()]).toEqual([true, false])
    buffer.add([record])
    expect([buffer.isEmpty(), buffer.isFull()]).toEqual([false, false])
    buffer.add([record])
    expect(buffer.isFull()).toBe(true)
    buffer.cut()
    expect([buffer.isEmpty(), buffer.isFull()]).toEqual([true, false])
    buffer.add([{ ...record, data: 'x'.repeat(maxPayloadBytes) }])
    expect(buffer.isFull()).toBe(true)
    expect(buffer.cut()).toHaveLength(1)
  })
})

describe('shards to read', () => {
  const split = [
    { shardId: 'parent', parentIds: [] },
    { shardId: 'left', parentIds: ['parent'] },
    { shardId: 'right', parentIds: ['parent'] },
    { shardId: 'merged', parentIds: ['left', 'right'] },
  ]
  const readable = (listed: typeof split, finished: string[]) =>
    readableShards(listed, (id) => finished.includes(id)).map(({ shardId }) => shardId)

  test('are those whose parents are finished', () => {
    expect(readable(split, [])).toEqual(['parent'])
    expect(readable(split, ['parent'])).toEqual(['left', 'right'])
    expect(readable(split, ['parent', 'left'])).toEqual(['right'])
    expect(readable(split, ['parent', 'left', 'right'])).toEqual(['merged'])
    expect(readable(split, ['parent', 'left', 'right', 'merged'])).toEqual([])
  })

  test('need not wait for a parent that has expired', () => {
    expect(readable(split.slice(1), [])).toEqual(['left', 'right'])
  })
})

describe('the checkpoint file', () => {
  const arn = source.streamArn

  test('keeps the progress of shards', async () => {
    const file = join(temporaryFolder(), 'checkpoints.json')
    const first = await openCheckpointFile(file, arn)
    expect(first.get('a')).toEqual({ through: undefined, finished: false })
    await Promise.all([
      first.set('a', { through: '1', finished: false }),
      first.set('b', { through: undefined, finished: true }),
      first.set('a', { through: '2', finished: false }),
    ])
    const second = await openCheckpointFile(file, arn)
    expect(second.all()).toEqual(first.all())
    expect(second.get('a')).toEqual({ through: '2', finished: false })
    expect(second.get('b')).toEqual({ through: undefined, finished: true })
  })

  test('has each progress on disk when its set is done', async () => {
    const file = join(temporaryFolder(), 'checkpoints.json')
    const checkpoints = await openCheckpointFile(file, arn)
    const sets = ['1', '2', '3'].map(async (through) => {
      await checkpoints.set('a', { through, finished: false })
      const { shards } = JSON.parse(readFileSync(file, 'utf8'))
      expect(Number(shards.a.through)).toBeGreaterThanOrEqual(Number(through))
    })
    await Promise.all(sets)
  })

  test('drops shards that are gone', async () => {
    const file = join(temporaryFolder(), 'checkpoints.json')
    const checkpoints = await openCheckpointFile(file, arn)
    await checkpoints.set('a', { through: '1', finished: true })
    checkpoints.keepOnly(new Set(['b']))
    expect([...checkpoints.all().keys()]).toEqual([])
  })

  test('says what is wrong with a damaged or foreign file', async () => {
    const file = join(temporaryFolder(), 'checkpoints.json')
    writeFileSync(file, '')
    await expect(openCheckpointFile(file, arn)).rejects.toThrow(/is damaged; delete it/)
    writeFileSync(file, JSON.stringify({ stream: 'arn:other', shards: {} }))
    await expect(openCheckpointFile(file, arn)).rejects.toThrow(/is about the stream arn:other/)
  })
})

test('a failure record has the form and key that Lambda gives it', () => {
  const records = [
    record,
    { ...record, sequenceNumber: '49591', arrivalMs: record.arrivalMs + 1000 },
  ]
  const given = { source, records, condition: 'RetryAttemptsExhausted', invocations: 3 } as const
  const context = { functionName: 'f', requestId: 'id-1', nowMs: Date.UTC(2026, 0, 2, 3, 4, 5, 6) }
  const written = failureRecord({ ...given, functionThrew: true }, context)
  expect(written).toEqual({
    requestContext: {
      requestId: 'id-1',
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: 3,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: '2026-01-02T03:04:05.006Z',
    KinesisBatchInfo: {
      shardId: 'shardId-000000000003',
      startSequenceNumber: '49590',
      endSequenceNumber: '49591',
      approximateArrivalOfFirstRecord: '2018-12-17T22:10:50.987Z',
      approximateArrivalOfLastRecord: '2018-12-17T22:10:51.987Z',
      batchSize: 2,
      streamArn: source.streamArn,
    },
    payload: JSON.stringify(kinesisEvent(source, records)),
  })
  expect(failureObjectKey('map', written)).toBe(
    'aws/lambda/map/shardId-000000000003/2026/01/02/2026-01-02T03.04.05-id-1',
  )
  const partial = failureRecord({ ...given, functionThrew: false }, context)
  expect(partial.responseContext).toEqual({ statusCode: 200, executedVersion: '$LATEST' })
})
