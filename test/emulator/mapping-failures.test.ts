import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { KinesisStreamEvent } from 'aws-lambda'
import { describe, expect, onTestFinished, test } from 'vitest'
import { localKinesisClient } from '../../emulator/clients.ts'
import { type FailureRecord, startEventSourceMapping } from '../../emulator/event-source-mapping.ts'
import { createFunction } from '../../emulator/lambda/lambda.ts'
import { temporaryFolder } from '../support/temp-folder.ts'
import { awsError, startFaultProxy } from './fault-proxy.ts'
import { kinesisForFile } from './kinesis-server.ts'
import { makeStream, putTexts } from './kinesis-stream.ts'
import {
  type Call,
  ends,
  failedItem,
  numbers,
  settings,
  startMapping,
  textsOf,
} from './mapping-for-test.ts'

const kinesis = kinesisForFile()

const options = { batchSize: 10 }

describe('failures', () => {
  test('are tried again from the checkpoint of a partial response', async () => {
    const stream = await makeStream(kinesis.client, 1)
    const places = await putTexts(kinesis.client, stream, numbers(10))
    let failed = false
    const consume = (_: Call, event: KinesisStreamEvent) => {
      if (failed) return undefined
      failed = true
      return failedItem(event, '6')
    }
    const mapping = await startMapping({ kinesis: kinesis.client, stream, consume })
    await mapping.drained(ends(places))
    expect(mapping.calls.map(({ texts }) => texts)).toEqual([numbers(10), numbers(4, 6)])
    expect(mapping.failures).toEqual([])
  })

  test.each([
    ['throws', () => Promise.reject(new Error('poisoned'))],
    ['reports it', (event: KinesisStreamEvent) => failedItem(event, '37')],
  ])('are bisected down to the poison record when the function %s', async (_, fail) => {
    const stream = await makeStream(kinesis.client, 1)
    const places = await putTexts(kinesis.client, stream, numbers(100))
    const done: string[] = []
    const consume = ({ texts }: Call, event: KinesisStreamEvent) => {
      if (texts.includes('37')) return fail(event)
      done.push(...texts)
      return undefined
    }
    const mapping = await startMapping({
      kinesis: kinesis.client,
      stream,
      consume,
      options: { bisectOnError: true },
    })
    await mapping.drained(ends(places))
    expect(mapping.failures.map(({ payload }) => textsOf(JSON.parse(payload)))).toEqual([['37']])
    expect(done).toEqual(expect.arrayContaining(numbers(100).slice(38)))
    expect(done).not.toContain('37')
    // The first try and two retries of the single record, which halving itself does not count.
    expect(mapping.calls.filter(({ texts }) => texts.join() === '37')).toHaveLength(3)
  })

  test('are given up when the retries are used up, and the shard goes on', async () => {
    const stream = await makeStream(kinesis.client, 1)
    const places = await putTexts(kinesis.client, stream, numbers(30))
    const consume = ({ texts }: Call) => {
      if (texts.includes('15')) throw new RangeError('poisoned')
    }
    const mapping = await startMapping({ kinesis: kinesis.client, stream, consume, options })
    await mapping.drained(ends(places))
    const tries = mapping.calls.map(({ texts }) => texts[0])
    expect(tries).toEqual(['0', '10', '10', '10', '20'])
    const [failure] = mapping.failures
    expect(failure).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 3 },
      responseContext: { functionError: 'Unhandled' },
      KinesisBatchInfo: {
        shardId: 'shardId-000000000000',
        startSequenceNumber: places[10]?.sequenceNumber,
        endSequenceNumber: places[19]?.sequenceNumber,
        batchSize: 10,
      },
    })
    expect(textsOf(JSON.parse(failure?.payload ?? ''))).toEqual(numbers(10, 10))
  })

  test('of records that are too old are given up untried', async () => {
    const stream = await makeStream(kinesis.client, 1)
    const places = await putTexts(kinesis.client, stream, numbers(5))
    const now = () => Date.now() + 3_600_000
    const mapping = await startMapping({
      kinesis: kinesis.client,
      stream,
      options: { maxRecordAgeMs: 60_000, now },
    })
    await mapping.drained(ends(places))
    expect(mapping.calls).toEqual([])
    expect(mapping.failures).toMatchObject([
      {
        requestContext: { condition: 'RecordAgeExceeded', approximateInvokeCount: 0 },
        KinesisBatchInfo: { batchSize: 5 },
      },
    ])
  })

  test('of a shard do not hold up the others', async () => {
    const stream = await makeStream(kinesis.client, 2)
    const places = await putTexts(kinesis.client, stream, numbers(20), (text) => text)
    const badShard = places[0]?.shardId
    const good = places.filter(({ shardId }) => shardId !== badShard)
    expect(good.length).toBeGreaterThan(0)
    const consume = ({ shardId }: Call) => {
      if (shardId === badShard) throw new Error('no')
    }
    const options = { maxRetries: -1, retryMaxMs: 5 }
    const mapping = await startMapping({ kinesis: kinesis.client, stream, consume, options })
    await mapping.drained(ends(good))
    expect(mapping.checkpoints().has(badShard ?? '')).toBe(false)
    expect(mapping.failures).toEqual([])
  })
})

describe('trouble with Kinesis', () => {
  /** A client through a proxy that answers the first calls of an operation in another way. */
  async function faultyClient(faults: Record<string, ReturnType<typeof awsError>[]>) {
    const url = await startFaultProxy(kinesis.endpoint, ({ operation }) =>
      faults[operation]?.shift(),
    )
    const client = localKinesisClient(url)
    onTestFinished(() => client.destroy())
    return client
  }

  test('does not lose, repeat or swap a record', async () => {
    const stream = await makeStream(kinesis.client, 1)
    const places = await putTexts(kinesis.client, stream, numbers(300))
    const slow = awsError(400, 'ProvisionedThroughputExceededException')
    const expired = awsError(400, 'ExpiredIteratorException')
    const faults = {
      ListShards: [awsError(400, 'LimitExceededException')],
      GetShardIterator: [slow],
      GetRecords: [slow, expired, awsError(500, 'InternalFailure'), 'cut the connection' as const],
    }
    const client = await faultyClient(faults)
    const mapping = await startMapping({ kinesis: client, stream })
    await mapping.drained(ends(places))
    faults.GetRecords.push(expired, slow)
    const more = await putTexts(kinesis.client, stream, numbers(300, 300))
    await mapping.drained(ends(more))
    expect(mapping.texts()).toEqual(numbers(600))
    expect(faults).toEqual({ ListShards: [], GetShardIterator: [], GetRecords: [] })
  })

  test('that will not pass ends the mapping with the reason', async () => {
    const stream = await makeStream(kinesis.client, 1)
    const client = await faultyClient({ GetRecords: [awsError(400, 'AccessDeniedException')] })
    const mapping = await startMapping({ kinesis: client, stream })
    const drained = mapping.drained(new Map([['shardId-000000000000', '1']]))
    await expect(drained).rejects.toThrow(/is no longer read: injected AccessDenied/)
    await expect(mapping.died).rejects.toMatchObject({
      name: 'MappingDied',
      cause: { name: 'AccessDeniedException' },
    })
  })

  test('at the start is an error', async () => {
    await expect(
      startMapping({ kinesis: kinesis.client, stream: 'no-such-stream' }),
    ).rejects.toThrow(/no-such-stream/)
  })
})

test('a mapping without its failure destination stops rather than lose records', async () => {
  const stream = await makeStream(kinesis.client, 1)
  await putTexts(kinesis.client, stream, numbers(3))
  const mapping = await startEventSourceMapping({
    kinesis: kinesis.client,
    stream,
    options: { ...settings, maxRetries: 0 },
    checkpointFile: join(temporaryFolder(), 'checkpoints.json'),
    invoke: () => Promise.reject(new Error('no')),
    onFailure: () => Promise.reject(new Error('the bucket is gone')),
  })
  onTestFinished(() => mapping.stop())
  await expect(mapping.died).rejects.toThrow('the bucket is gone')
  expect(mapping.checkpoints().size).toBe(0)
})

test('a real function in its own process is fed, times out, is tried again and closed', async () => {
  const stream = await makeStream(kinesis.client, 1)
  const places = await putTexts(kinesis.client, stream, ['hang', 'b'])
  const consumer = createFunction({
    name: 'consumer',
    file: fileURLToPath(new URL('./fixtures/consumer.mjs', import.meta.url)),
    env: {},
    timeoutMs: 3_000,
    concurrency: 1,
    onLog: () => {},
  })
  onTestFinished(() => consumer.close())
  const failures: FailureRecord[] = []
  const errors: unknown[] = []
  const mapping = await startEventSourceMapping({
    kinesis: kinesis.client,
    stream,
    options: { ...settings, bisectOnError: true, maxRetries: 0 },
    checkpointFile: join(temporaryFolder(), 'checkpoints.json'),
    invoke: consumer.invoke,
    onFailure: async (record) => {
      failures.push(record)
    },
    onFunctionFailure: ({ error }) => errors.push((error as Error).name),
  })
  onTestFinished(() => mapping.stop())
  await mapping.drained(ends(places))
  expect(failures.map(({ payload }) => textsOf(JSON.parse(payload)))).toEqual([['hang']])
  expect(errors).toEqual(['FunctionTimeout', 'FunctionTimeout'])

  // A function that is taken away first says nothing about the records that come then.
  await consumer.close()
  await putTexts(kinesis.client, stream, ['c'])
  await expect(mapping.died).rejects.toThrow('consumer is closed')
  expect(failures).toHaveLength(1)
  expect(mapping.checkpoints()).toEqual(ends(places))
})
