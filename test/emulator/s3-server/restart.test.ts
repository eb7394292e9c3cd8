import { type ChildProcess, fork } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, stat, truncate } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { type S3Server, startS3Server } from '../../../emulator/s3-server/index.ts'
import { bodyFiles, newClient, RunningServer } from './running-server.ts'

const Bucket = 'kept'
const SCRIPT = new URL('./serve-until-killed.ts', import.meta.url)

let folder: string
let child: ChildProcess | undefined
let server: S3Server | undefined
let client: S3Client | undefined
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3-server-'))
})
afterEach(async () => {
  client?.destroy()
  await kill()
  await server?.close()
  server = undefined
  await rm(folder, { recursive: true })
})

async function serveInChild(): Promise<{ url: string; client: S3Client }> {
  const started = fork(SCRIPT, [folder])
  child = started
  const [url] = (await once(started, 'message')) as [string]
  client?.destroy()
  client = newClient(url)
  return { url, client }
}

async function serveHere(): Promise<S3Client> {
  server = await startS3Server({ folder, port: 0 })
  client?.destroy()
  client = newClient(server.url)
  return client
}

async function kill(): Promise<void> {
  if (child === undefined) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
  child = undefined
}

async function readBack(from: S3Client, Key: string): Promise<{ bytes: Buffer; ETag: string }> {
  const { Body, ETag } = await from.send(new GetObjectCommand({ Bucket, Key }))
  return { bytes: Buffer.from((await Body?.transformToByteArray()) ?? []), ETag: ETag ?? '' }
}

test('closed and opened again, the server has all that it had', async () => {
  const running = await RunningServer.start()
  onTestFinished(() => running.remove())
  const bucket = await running.newBucket()
  const object = { Bucket: bucket, Key: 'a/b c' }
  await running.client.send(
    new PutObjectCommand({
      ...{ ...object, Body: 'hello', ContentType: 'text/plain', Metadata: { colour: 'blue' } },
    }),
  )
  const { UploadId } = await running.client.send(
    new CreateMultipartUploadCommand({ Bucket: bucket, Key: 'parts' }),
  )
  const { ETag } = await running.client.send(
    new UploadPartCommand({
      ...{ Bucket: bucket, Key: 'parts', UploadId, PartNumber: 1, Body: 'part' },
    }),
  )
  await running.close()
  running.nowMs += 86_400_000
  await running.open()

  expect(await running.client.send(new HeadObjectCommand(object))).toMatchObject({
    ...{ ContentLength: 5, ContentType: 'text/plain', Metadata: { colour: 'blue' } },
    LastModified: new Date(Date.UTC(2026, 10, 22, 10, 26, 30)),
  })
  await running.client.send(
    new CompleteMultipartUploadCommand({
      ...{ Bucket: bucket, Key: 'parts', UploadId },
      MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
    }),
  )
  const listed = await running.client.send(new ListObjectsV2Command({ Bucket: bucket }))
  expect(listed.Contents?.map(({ Key, Size }) => [Key, Size])).toEqual([
    ['a/b c', 5],
    ['parts', 4],
  ])
})

test('killed while it writes, the server keeps what it acknowledged and nothing half', async () => {
  const { client: writer } = await serveInChild()
  await writer.send(new CreateBucketCommand({ Bucket }))
  const acknowledged = new Map<string, string>()
  const attempted = new Map<string, Set<string>>()
  let isKilled = false
  const write = async (worker: number) => {
    for (let round = 0; !isKilled; round += 1) {
      const Key = `k/${worker}/${round % 5}`
      const Body = randomBytes(1 + ((round * 7919) % 100_000))
      const ETag = `"${createHash('md5').update(Body).digest('hex')}"`
      attempted.set(Key, (attempted.get(Key) ?? new Set()).add(ETag))
      await writer.send(new PutObjectCommand({ Bucket, Key, Body, Metadata: { etag: ETag } }))
      acknowledged.set(Key, ETag)
      attempted.set(Key, new Set([ETag]))
    }
  }
  const writing = Promise.allSettled(Array.from({ length: 8 }, (_, worker) => write(worker)))
  await expect.poll(() => acknowledged.size).toBe(40)
  await kill()
  isKilled = true
  await writing

  const reader = await serveHere()
  const { Contents = [] } = await reader.send(new ListObjectsV2Command({ Bucket }))
  expect(Contents.map((object) => object.Key)).toEqual([...acknowledged.keys()].sort())
  for (const { Key = '', ETag, Size } of Contents) {
    const read = await readBack(reader, Key)
    expect(read.ETag).toBe(ETag)
    expect(read.bytes).toHaveLength(Size ?? -1)
    expect(`"${createHash('md5').update(read.bytes).digest('hex')}"`).toBe(ETag)
    const { Metadata } = await reader.send(new HeadObjectCommand({ Bucket, Key }))
    expect(Metadata).toEqual({ etag: ETag })
    expect(attempted.get(Key)).toContain(ETag)
  }
  expect(await bodyFiles(folder)).toHaveLength(Contents.length)
})

test('what a killed write left is not seen, and is removed', async () => {
  const { url, client: writer } = await serveInChild()
  await writer.send(new CreateBucketCommand({ Bucket }))
  await writer.send(new PutObjectCommand({ Bucket, Key: 'whole', Body: 'whole' }))
  const [whole = ''] = await bodyFiles(folder)

  const half = request(`${url}/${Bucket}/half`, {
    method: 'PUT',
    headers: { 'content-length': 200_000 },
  })
  const broken = new Promise((resolve) => half.once('close', resolve))
  half.on('error', () => {})
  half.write(Buffer.alloc(100_000, 'x'))
  const leftBytes = async () => {
    const left = (await bodyFiles(folder)).find((name) => name !== whole)
    return left === undefined ? 0 : (await stat(join(folder, 'bodies', left))).size
  }
  await expect.poll(leftBytes).toBeGreaterThan(0)
  await kill()
  await broken

  const reader = await serveHere()
  const { Contents } = await reader.send(new ListObjectsV2Command({ Bucket }))
  expect(Contents?.map((object) => object.Key)).toEqual(['whole'])
  expect(await bodyFiles(folder)).toEqual([whole])
})

test('a client that goes away in the middle of a body leaves nothing', async () => {
  const here = await serveHere()
  await here.send(new CreateBucketCommand({ Bucket }))
  const half = request(`${server?.url}/${Bucket}/half`, {
    method: 'PUT',
    headers: { 'content-length': 200_000 },
  })
  half.on('error', () => {})
  half.write(Buffer.alloc(100_000, 'x'))
  await expect.poll(() => bodyFiles(folder)).toHaveLength(1)
  half.destroy()
  await expect.poll(() => bodyFiles(folder)).toEqual([])
  const { KeyCount } = await here.send(new ListObjectsV2Command({ Bucket }))
  expect(KeyCount).toBe(0)
})

test('a body that lost bytes on disk is not sent as if it were whole', async () => {
  const here = await serveHere()
  await here.send(new CreateBucketCommand({ Bucket }))
  await here.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'hello' }))
  const [body = ''] = await bodyFiles(folder)
  await truncate(join(folder, 'bodies', body), 3)
  await expect(here.send(new GetObjectCommand({ Bucket, Key: 'k' }))).rejects.toMatchObject({
    ...{ name: 'InternalError', $metadata: { httpStatusCode: 500 } },
  })
  await here.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'again' }))
  expect((await readBack(here, 'k')).bytes.toString()).toBe('again')
})

test('a folder has one server at a time, and a dead one does not count', async () => {
  await serveInChild()
  const second = startS3Server({ folder, port: 0, lockWaitMs: 0 })
  await expect(second).rejects.toMatchObject({ name: 'StoreInUse' })
  await kill()
  await serveHere()
  const third = startS3Server({ folder, port: 0, lockWaitMs: 0 })
  await expect(third).rejects.toMatchObject({ name: 'StoreInUse' })
})

test('a server waits for one that is about to end', async () => {
  await serveInChild()
  const waiting = startS3Server({ folder, port: 0, lockWaitMs: 30_000 })
  await kill()
  server = await waiting
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
})
