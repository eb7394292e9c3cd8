import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis'
import { describe, expect, onTestFinished, test } from 'vitest'
import { localKinesisClient } from '../../emulator/clients.ts'
import { type OutgoingRecord, putRecords, type RefusalReason } from '../../local/put-records.ts'
import { awsError, startFaultProxy } from '../emulator/fault-proxy.ts'
import { kinesisForFile } from '../emulator/kinesis-server.ts'
import { makeStream } from '../emulator/kinesis-stream.ts'

const kinesis = kinesisForFile()

async function* outgoing(count: number, bytes = 10): AsyncGenerator<OutgoingRecord> {
  for (let index = 0; index < count; index++) {
    const data = Buffer.alloc(bytes, ' ')
    data.write(String(index))
    yield { data, partitionKey: `key ${index % 50}` }
  }
}

/** Everything that is in a stream, by shard, in order. */
async function readAll(stream: string) {
  const shards = new Map<string, { text: string; sequenceNumber: string }[]>()
  const { Shards = [] } = await kinesis.client.send(new ListShardsCommand({ StreamName: stream }))
  for (const { ShardId = '' } of Shards) {
    const at = { StreamName: stream, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const
    const { ShardIterator } = await kinesis.client.send(new GetShardIteratorCommand(at))
    const { Records = [] } = await kinesis.client.send(new GetRecordsCommand({ ShardIterator }))
    const records = Records.map(({ Data, SequenceNumber = '' }) => ({
      text: Buffer.from(Data ?? [])
        .toString()
        .trim(),
      sequenceNumber: SequenceNumber,
    }))
    shards.set(ShardId, records)
  }
  return shards
}

function textsOf(shards: Awaited<ReturnType<typeof readAll>>): number[] {
  return [...shards.values()].flat().map(({ text }) => Number(text))
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}

/** A client through a proxy that may refuse calls. */
async function faultyClient(answer: Parameters<typeof startFaultProxy>[1]): Promise<KinesisClient> {
  const client = localKinesisClient(await startFaultProxy(kinesis.endpoint, answer))
  onTestFinished(() => client.destroy())
  return client
}

describe('putting records', () => {
  test('sends each once and tells the ends of every shard', async () => {
    const stream = await makeStream(kinesis.client, 3)
    const progress: number[] = []
    const summary = await putRecords({
      kinesis: kinesis.client,
      stream,
      records: outgoing(2_345),
      onProgress: ({ records }) => progress.push(records),
    })
    const shards = await readAll(stream)
    expect(textsOf(shards).sort((a, b) => a - b)).toEqual(upTo(2_345))
    expect(summary).toMatchObject({ records: 2_345, bytes: 23_450, refused: 0 })
    expect(progress).toHaveLength(5)
    expect(progress.at(-1)).toBe(2_345)
    expect(progress).toEqual(progress.toSorted((a, b) => a - b))
    for (const [shardId, records] of shards) {
      expect(summary.firstSequenceNumbers.get(shardId)).toBe(records[0]?.sequenceNumber)
      expect(summary.lastSequenceNumbers.get(shardId)).toBe(records.at(-1)?.sequenceNumber)
    }
  })

  test('of nothing sends nothing', async () => {
    const stream = await makeStream(kinesis.client, 1)
    const summary = await putRecords({ kinesis: kinesis.client, stream, records: outgoing(0) })
    expect(summary).toMatchObject({ records: 0, lastSequenceNumbers: new Map() })
  })

  test('keeps each call below the limits, however large the records', async () => {
    const stream = await makeStream(kinesis.client, 1)
    const sizes: number[] = []
    const client = await faultyClient(({ operation, input }) => {
      const records = input.Records as { Data: string; PartitionKey: string }[]
      const bytes = records.reduce((sum, { Data }) => sum + Buffer.byteLength(Data, 'base64'), 0)
      if (operation === 'PutRecords') sizes.push(bytes)
      return undefined
    })
    await putRecords({ kinesis: client, stream, records: outgoing(12, 1_000_000) })
    expect(sizes.toSorted()).toEqual([4e6, 4e6, 4e6])
    expect(textsOf(await readAll(stream))).toHaveLength(12)
  })

  test('pulls no more records than it can send', async () => {
    const stream = await makeStream(kinesis.client, 1)
    let pulled = 0
    let sent = 0
    let furthest = 0
    async function* counted() {
      for await (const record of outgoing(10_000)) {
        pulled++
        furthest = Math.max(furthest, pulled - sent)
        yield record
      }
    }
    const onProgress = ({ records }: { records: number }) => {
      sent = records
    }
    await putRecords({
      kinesis: kinesis.client,
      stream,
      records: counted(),
      concurrency: 2,
      onProgress,
    })
    expect(sent).toBe(10_000)
    expect(furthest).toBeLessThanOrEqual(3 * 500 + 1)
  })

  test('sends records that failed again, and only those', async () => {
    const stream = await makeStream(kinesis.client, 2)
    let calls = 0
    const client = await faultyClient(async ({ input, forward }) => {
      calls++
      if (calls > 3) return undefined
      const records = input.Records as unknown[]
      const kept = records.filter((_, index) => index % 3 === 0)
      const { Records = [] } = (await forward({ ...input, Records: kept })) as {
        Records?: unknown[]
      }
      const error = { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'slow' }
      const answers = records.map((_, index) => (index % 3 === 0 ? Records[index / 3] : error))
      return {
        status: 200,
        body: { FailedRecordCount: records.length - kept.length, Records: answers },
      }
    })
    const summary = await putRecords({ kinesis: client, stream, records: outgoing(300) })
    expect(calls).toBe(4)
    expect(summary.records).toBe(300)
    expect(textsOf(await readAll(stream)).sort((a, b) => a - b)).toEqual(upTo(300))
  })

  test('survives calls that fail whole', async () => {
    const stream = await makeStream(kinesis.client, 1)
    let calls = 0
    const client = await faultyClient(() => {
      calls++
      if (calls === 1) return awsError(400, 'ProvisionedThroughputExceededException')
      if (calls === 2) return awsError(500, 'InternalFailure')
      return undefined
    })
    await putRecords({ kinesis: client, stream, records: outgoing(5) })
    expect(textsOf(await readAll(stream))).toEqual(upTo(5))
  })

  test('ends with an error that the stream or the source gives', async () => {
    const records = outgoing(5)
    const put = putRecords({ kinesis: kinesis.client, stream: 'no-such-stream', records })
    await expect(put).rejects.toThrow(/no-such-stream/)
    const stream = await makeStream(kinesis.client, 1)
    async function* broken() {
      yield* outgoing(1)
      throw new Error('the file is broken')
    }
    await expect(
      putRecords({ kinesis: kinesis.client, stream, records: broken() }),
    ).rejects.toThrow('the file is broken')
  })
})

describe('a record that Kinesis would refuse', () => {
  async function put(records: OutgoingRecord[]) {
    const refused: [OutgoingRecord, RefusalReason['code']][] = []
    async function* source() {
      yield* records
    }
    const summary = await putRecords({
      kinesis: kinesis.client,
      stream: await makeStream(kinesis.client, 1),
      records: source(),
      onRefused: (record, { code }) => refused.push([record, code]),
    })
    return { summary, refused }
  }

  test('for its size, with the partition key, is handed back', async () => {
    const most = { data: Buffer.alloc(1024 * 1024 - 3), partitionKey: 'äb' }
    const over = { data: Buffer.alloc(1024 * 1024 - 2), partitionKey: 'äb' }
    const { summary, refused } = await put([over, most, over])
    expect(refused).toEqual([
      [over, 'record-too-large'],
      [over, 'record-too-large'],
    ])
    expect(summary).toMatchObject({ records: 1, refused: 2 })
  })

  test('for its partition key is handed back', async () => {
    const data = Buffer.from('x')
    const keys = ['', 'x'.repeat(257), 'é'.repeat(256)]
    const { summary, refused } = await put(keys.map((partitionKey) => ({ data, partitionKey })))
    expect(refused.map(([{ partitionKey }]) => partitionKey)).toEqual(keys.slice(0, 2))
    expect(summary.records).toBe(1)
  })

  test('may be empty', async () => {
    const { summary } = await put([{ data: new Uint8Array(), partitionKey: 'k' }])
    expect(summary).toMatchObject({ records: 1, bytes: 0 })
  })
})
