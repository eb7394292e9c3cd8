import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CreateTableCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { CreateStreamCommand, DescribeStreamSummaryCommand } from '@aws-sdk/client-kinesis'
import { GetObjectCommand, ListBucketsCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { describe, expect, onTestFinished, test } from 'vitest'
import { localClients, localDynamodbClient, localKinesisClient } from '../../emulator/clients.ts'
import { provisionBucket, provisionStream, provisionTables } from '../../emulator/provision.ts'
import { type ServerName, type Servers, startServers } from '../../emulator/servers.ts'
import { anyRuns } from '../local/process-state.ts'
import { temporaryFolder } from '../support/temp-folder.ts'
import { putTexts } from './kinesis-stream.ts'

const everyServer = ['dynamodb', 'kinesis', 's3'] as const
const table = { name: 'rows', partitionKey: 'pk', sortKey: 'sk' } as const
const stream = { name: 'events', shardCount: 12 }

function fixture(name: string): string {
  return fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url))
}

function start(script: string, ...args: string[]): ChildProcess {
  const child = fork(fixture(script), args, { execArgv: [] })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return child
}

async function startForTest<Name extends ServerName>(
  folder: string,
  which: readonly Name[],
): Promise<Servers<Name>> {
  const servers = await startServers({ folder, which })
  onTestFinished(() => servers.close())
  return servers
}

function clientsOf(servers: Servers) {
  const clients = localClients(servers.endpoints)
  onTestFinished(() => clients.destroy())
  return clients
}

describe('the embedded servers', () => {
  test('can be provisioned again and again, and keep their data from run to run', async () => {
    const folder = temporaryFolder()
    const Key = { pk: { S: 'a' }, sk: { S: 'b' } }
    const object = { Bucket: 'history', Key: 'some/key' }

    const first = await startForTest(folder, everyServer)
    const before = clientsOf(first)
    for (let time = 0; time < 2; time++) {
      await provisionTables(before.dynamodb, [table])
      await provisionStream(before.kinesis, stream)
      await provisionBucket(before.s3, 'history')
    }
    await before.dynamodb.send(new PutItemCommand({ TableName: 'rows', Item: Key }))
    await before.s3.send(new PutObjectCommand({ ...object, Body: 'kept' }))
    await putTexts(before.kinesis, 'events', ['kept'])
    await first.close()
    expect(await anyRuns(first.pids)).toBe(false)

    const second = await startForTest(folder, everyServer)
    const after = clientsOf(second)
    await provisionTables(after.dynamodb, [table])
    await provisionStream(after.kinesis, stream)
    await provisionBucket(after.s3, 'history')
    const item = await after.dynamodb.send(new GetItemCommand({ TableName: 'rows', Key }))
    expect(item.Item).toEqual(Key)
    const got = await after.s3.send(new GetObjectCommand(object))
    expect(await got.Body?.transformToString()).toBe('kept')
    const { Buckets } = await after.s3.send(new ListBucketsCommand({}))
    expect(Buckets?.map(({ Name }) => Name)).toEqual(['history'])
    const describeStream = new DescribeStreamSummaryCommand({ StreamName: 'events' })
    const { StreamDescriptionSummary } = await after.kinesis.send(describeStream)
    expect(StreamDescriptionSummary).toMatchObject({ OpenShardCount: 12, StreamStatus: 'ACTIVE' })
  })

  test('listen on the loopback interface only', async () => {
    const { endpoints } = await startForTest(temporaryFolder(), everyServer)
    for (const url of Object.values(endpoints)) expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  })

  test('leave signals to their parent', async () => {
    const { pids, endpoints } = await startForTest(temporaryFolder(), ['dynamodb'])
    const dynamodb = localDynamodbClient(endpoints.dynamodb)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      for (const pid of pids) process.kill(pid, signal)
      await provisionTables(dynamodb, [{ ...table, name: `after-${signal}` }])
    }
    expect(await anyRuns(pids)).toBe(true)
    dynamodb.destroy()
  })

  test('tell when one of them dies', async () => {
    const servers = await startForTest(temporaryFolder(), ['dynamodb', 'kinesis'])
    process.kill(servers.pids[1] ?? -1, 'SIGKILL')
    await expect(servers.died).rejects.toThrow(
      'the embedded kinesis server ended with signal SIGKILL',
    )
  })

  test('do not count as dead when they are closed', async () => {
    const servers = await startServers({ folder: temporaryFolder(), which: ['kinesis'] })
    await servers.close()
    const soon = new Promise((resolve) => {
      setImmediate(resolve, 'still alive')
    })
    expect(await Promise.race([servers.died, soon])).toBe('still alive')
  })

  test('say why they cannot start, and leave nothing running', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'kinesis', 'CURRENT'), { recursive: true })
    const started = startServers({ folder, which: ['dynamodb', 'kinesis'] })
    await expect(started).rejects.toThrow(/the embedded kinesis server could not start: .*kinesis/)
    await startForTest(folder, ['dynamodb'])
  })

  test('leave no process behind when their parent is killed', async () => {
    const folder = temporaryFolder()
    const parent = start('everything-running.ts', folder, fixture('function.mjs'))
    const [pids] = (await once(parent, 'message')) as [number[]]
    expect(pids).toHaveLength(5)
    parent.kill('SIGKILL')
    await expect.poll(() => anyRuns(pids)).toBe(false)
    await startForTest(folder, everyServer)
  })
})

describe('data that another process holds', () => {
  test('is waited for while that process ends', async () => {
    const folder = temporaryFolder()
    const holder = start('slow-emulators.ts', folder)
    await once(holder, 'message')
    const started = startForTest(folder, ['dynamodb', 'kinesis'])
    setTimeout(() => holder.kill('SIGKILL'), 1_000)
    expect((await started).pids).toHaveLength(2)
  })

  test('ends the wait with a clear error', async () => {
    const folder = temporaryFolder()
    await once(start('slow-emulators.ts', folder), 'message')
    const starts = await Promise.allSettled([
      startServers({ folder, which: ['dynamodb'] }),
      startServers({ folder, which: ['kinesis'] }),
    ])
    for (const started of starts) {
      const reason = { name: 'ServerNotStarted', inUse: true }
      expect(started).toMatchObject({ status: 'rejected', reason })
      expect(String((started as PromiseRejectedResult).reason)).toMatch(/the data folder is in use/)
    }
  })
})

test('a table or stream whose making was cut off is finished by the next run', async () => {
  const folder = temporaryFolder()
  const slow = start('slow-emulators.ts', folder)
  const [slowEndpoints] = (await once(slow, 'message')) as [{ dynamodb: string; kinesis: string }]
  const slowDynamodb = localDynamodbClient(slowEndpoints.dynamodb)
  const slowKinesis = localKinesisClient(slowEndpoints.kinesis)
  await slowDynamodb.send(
    new CreateTableCommand({
      TableName: table.name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk'].map((name) => ({
        AttributeName: name,
        AttributeType: 'S',
      })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  )
  await slowKinesis.send(new CreateStreamCommand({ StreamName: 'events', ShardCount: 2 }))
  slow.kill('SIGKILL')
  slowDynamodb.destroy()
  slowKinesis.destroy()

  const { endpoints } = await startForTest(folder, ['dynamodb', 'kinesis'])
  const dynamodb = localDynamodbClient(endpoints.dynamodb)
  const kinesis = localKinesisClient(endpoints.kinesis)
  await provisionTables(dynamodb, [table])
  await provisionStream(kinesis, { name: 'events', shardCount: 2 })
  const Item = { pk: { S: 'a' }, sk: { S: 'b' } }
  await dynamodb.send(new PutItemCommand({ TableName: table.name, Item }))
  expect(await putTexts(kinesis, 'events', ['a'])).toHaveLength(1)
  dynamodb.destroy()
  kinesis.destroy()
})
