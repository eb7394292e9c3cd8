import { randomUUID } from 'node:crypto'
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { allFaultKinds, type FaultKind } from '../../../emulator/faults/fault-kinds.ts'
import { createFaultProxies } from '../../../emulator/faults/fault-proxies.ts'
import { localCredentials, localRegion } from '../../../emulator/identity.ts'
import { untilAnswered } from '../../../emulator/kinesis-retry.ts'
import { createClients } from '../../../lib/deployment/clients.ts'
import { createS3Objects } from '../../../lib/store/s3/s3-objects.ts'
import { StorageTrouble } from '../../../lib/store/storage-trouble.ts'
import { putRecords } from '../../../local/put-records.ts'
import type { BucketBackend, TableBackend } from '../../conformance/backend.ts'
import { embeddedDifferences } from '../../conformance/embedded-backend.ts'
import { objectsConformance } from '../../conformance/objects-conformance.ts'
import { tableConformance } from '../../conformance/table-conformance.ts'
import { makeStream } from '../kinesis-stream.ts'
import {
  openServersForFaults,
  type ProxiedStores,
  type ServersForFaults,
} from './proxied-stores.ts'

let servers: ServersForFaults
beforeAll(async () => {
  servers = await openServersForFaults()
})
afterAll(() => servers.close())

const seed = 20
const hangMs = 50

/** After these nobody knows whether a request was applied, so a producer's record may come twice. */
const leavesInDoubt: readonly FaultKind[] = ['reset-after', 'hang', 'cut-answer', 'stall']
const ofFewOperations: readonly FaultKind[] = ['unprocessed-items', 'failed-records', 'short-page']

function rateOf(kind: FaultKind): number {
  // The SDK waits for half a second after a throttle.
  if (kind === 'throttle') return 0.06
  return ofFewOperations.includes(kind) ? 0.5 : 0.15
}

/** Does it again when the SDK has given up, as the functions do with a batch or unit. */
async function again<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof StorageTrouble) || attempt === 5) throw error
    }
  }
}

const rounds = Array.from({ length: 8 }, (_, round) => round)

const bodyOf = (round: number) => Buffer.alloc(30_000 + round, `object ${round} `)

async function readObject({ objects }: ProxiedStores, key: string): Promise<string> {
  const chunks = await Array.fromAsync((await objects.get(key)) ?? [])
  return Buffer.concat(chunks).toString()
}

async function useObjects(stores: ProxiedStores): Promise<void> {
  const { objects } = stores
  const prefix = `${randomUUID()}/`
  const keys = rounds.map((round) => prefix + String(round).padStart(2, '0'))
  for (const [round, key] of keys.entries()) await again(() => objects.put(key, bodyOf(round)))
  for (const [round, key] of keys.entries()) {
    expect(await again(() => readObject(stores, key))).toBe(bodyOf(round).toString())
    const listed = await again(() => Array.fromAsync(objects.list(prefix)))
    expect(listed.map((one) => one.key)).toEqual(keys)
  }
  await again(() => objects.delete(keys))
  expect(await again(() => Array.fromAsync(objects.list(prefix)))).toEqual([])
}

async function useTable({ table }: ProxiedStores): Promise<void> {
  const pk = randomUUID()
  const itemOf = (name: string, by: number) => ({
    pk: { S: pk },
    sk: { S: name },
    by: { N: String(by) },
  })
  for (const round of rounds) {
    const names = Array.from({ length: 30 }, (_, at) => `${round}-${at}`.padStart(6))
    await again(() => table.writeAll(names.map((name) => ({ put: itemOf(name, round) }))))
    const counter = itemOf('counter', round)
    const condition =
      round === 0
        ? ([{ absent: true }] as const)
        : ([{ attribute: 'by', is: '=', value: { N: String(round - 1) } }] as const)
    const put = await again(() => table.put(counter, condition))
    // A put that met itself says that it was not made; what it met tells that it was.
    if (!put.written) expect(await again(() => table.get({ pk, sk: 'counter' }))).toEqual(counter)
    const found = await again(() => Array.fromAsync(table.query(pk)))
    expect(found).toHaveLength(30 * (round + 1) + 1)
    expect(found.at(-1)).toEqual(counter)
  }
}

/** Sends records through the proxy, and gives what is in the stream. */
async function useStream({ clients }: ProxiedStores): Promise<string[]> {
  const stream = await makeStream(servers.direct.kinesis, 1)
  for (const round of rounds) {
    const records = (async function* () {
      for (let at = 0; at < 10; at++) {
        yield { data: Buffer.from(`${round}-${at}`), partitionKey: 'key' }
      }
    })()
    const { records: sent } = await putRecords({ kinesis: clients.kinesis, stream, records })
    expect(sent).toBe(10)
  }
  const { kinesis } = servers.direct
  const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName: stream }))
  const at = { StreamName: stream, ShardId: Shards[0]?.ShardId, ShardIteratorType: 'TRIM_HORIZON' }
  const { ShardIterator } = await kinesis.send(new GetShardIteratorCommand(at as never))
  const { Records = [] } = await kinesis.send(new GetRecordsCommand({ ShardIterator }))
  return Records.map(({ Data }) => Buffer.from(Data ?? []).toString())
}

describe('under a fault, the stores and the producer come to the same', () => {
  it.each(allFaultKinds)('%s', async (kind) => {
    const stores = await servers.through({ seed, hangMs, rates: { [kind]: rateOf(kind) } })
    onTestFinished(() => stores.close())
    await useObjects(stores)
    await useTable(stores)
    const texts = await useStream(stores)
    const sent = rounds.flatMap((round) => Array.from({ length: 10 }, (_, at) => `${round}-${at}`))
    expect(new Set(texts)).toEqual(new Set(sent))
    if (!leavesInDoubt.includes(kind)) expect(texts).toHaveLength(sent.length)
    const counts = stores.proxies.counts()
    expect(counts[kind], `${kind} was never injected`).toBeGreaterThan(0)
    const others = allFaultKinds.filter((other) => other !== kind && counts[other] > 0)
    expect(others).toEqual([])
  })
})

/**
 * All faults after which it is known what was applied, so that the suites hold to the letter. Items
 * that are left unprocessed are none of them: a batch in parts hides from the server that it has one
 * key twice.
 */
const certainFaults = {
  throttle: 0.002,
  'server-error': 0.01,
  unavailable: 0.01,
  'reset-before': 0.01,
  slow: 0.02,
  'short-page': 0.3,
}

describe('behind faults that leave no doubt', () => {
  let stores: ProxiedStores
  const backend: TableBackend & BucketBackend = {
    name: 'the embedded servers behind faults',
    mostRuns: 5,
    differences: embeddedDifferences,
    open: async () => {
      stores = await servers.through({ seed, hangMs, rates: certainFaults })
    },
    close: () => stores.close(),
    emptyTable: async () => stores.table,
    emptyBucket: async () => stores.objects,
  }
  beforeAll(() => backend.open())
  afterAll(() => backend.close())
  tableConformance(backend)
  objectsConformance(backend)
})

describe('without faults', () => {
  it('counts what it passes on, and no fault', async () => {
    const stores = await servers.through({ seed, hangMs, rates: { throttle: 1 } })
    onTestFinished(() => stores.close())
    stores.proxies.stopFaults()
    await useTable(stores)
    expect(stores.proxies.requests()).toBeGreaterThan(rounds.length)
    expect(Object.values(stores.proxies.counts()).every((count) => count === 0)).toBe(true)
  })
})

describe('a call of Kinesis that the SDK gave up on', () => {
  const ofAny = allFaultKinds.filter((kind) => kind !== 'slow' && !ofFewOperations.includes(kind))

  it.each(ofAny)('is made again after a %s', async (kind) => {
    const stream = await makeStream(servers.direct.kinesis, 1)
    const { clients, proxies, close } = await servers.through({
      seed,
      hangMs,
      rates: { [kind]: 1 },
    })
    onTestFinished(close)
    let calls = 0
    const answer = await untilAnswered(() => {
      calls++
      if (calls === 2) proxies.stopFaults()
      return clients.kinesis.send(new ListShardsCommand({ StreamName: stream }))
    })
    expect(calls).toBe(2)
    expect(answer.Shards).toHaveLength(1)
  })
})

describe('the answer to a read of an object', () => {
  const body = Buffer.alloc(1_000_000, 'the bytes of an object ')

  /** The functions' own client, behind a proxy that would let it wait for a minute. */
  async function clientThrough(rates: { stall?: number; 'cut-answer'?: number }) {
    const proxies = createFaultProxies({ seed, hangMs: 60_000, maxSlowMs: 0, rates })
    const { s3: endpoint } = await proxies.through(servers.endpoints)
    vi.stubEnv('AWS_ENDPOINT_URL_S3', endpoint)
    vi.stubEnv('AWS_REGION', localRegion)
    vi.stubEnv('AWS_ACCESS_KEY_ID', localCredentials.accessKeyId)
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', localCredentials.secretAccessKey)
    const { s3: client } = createClients({ pathStyle: true, stalledAfterMs: 1_000 })
    onTestFinished(async () => {
      vi.unstubAllEnvs()
      client.destroy()
      await proxies.close()
    })
    return { client, proxies }
  }

  it.each(['stall', 'cut-answer'] as const)('may end early by a %s', async (kind) => {
    const Key = randomUUID()
    await servers.direct.s3.send(new PutObjectCommand({ Bucket: servers.bucket, Key, Body: body }))
    const { client, proxies } = await clientThrough({ [kind]: 0.5 })
    const objects = createS3Objects(client, servers.bucket)
    for (let round = 0; round < 5; round++) {
      const chunks = await Array.fromAsync((await objects.get(Key)) ?? [])
      expect(Buffer.concat(chunks).equals(body)).toBe(true)
    }
    expect(proxies.counts()[kind]).toBeGreaterThan(0)
  })

  it('fails, and never seems whole, when it ends early again and again', async () => {
    const Key = randomUUID()
    await servers.direct.s3.send(new PutObjectCommand({ Bucket: servers.bucket, Key, Body: body }))
    const { client } = await clientThrough({ 'cut-answer': 1 })
    const objects = createS3Objects(client, servers.bucket)
    await expect(
      (async () => Array.fromAsync((await objects.get(Key)) ?? []))(),
    ).rejects.toBeInstanceOf(StorageTrouble)
  })
})
