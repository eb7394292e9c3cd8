import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { beforeEach, expect, test } from 'vitest'
import { serverForTests } from './running-server.ts'

const server = await serverForTests()
let Bucket: string
beforeEach(async () => {
  Bucket = await server.newBucket()
})

function put(Key: string, Body: string, condition: Partial<PutObjectCommandInput> = {}) {
  return server.client.send(new PutObjectCommand({ Bucket, Key, Body, ...condition }))
}

async function read(Key: string): Promise<{ text: string; ETag: string }> {
  const got = await server.client.send(new GetObjectCommand({ Bucket, Key }))
  return { text: (await got.Body?.transformToString()) ?? '', ETag: got.ETag ?? '' }
}

const refused = { name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } }

test('If-None-Match: * writes where nothing is, and nowhere else', async () => {
  await put('k', 'first', { IfNoneMatch: '*' })
  await expect(put('k', 'second', { IfNoneMatch: '*' })).rejects.toMatchObject(refused)
  expect((await read('k')).text).toBe('first')
  await server.client.send(new DeleteObjectCommand({ Bucket, Key: 'k' }))
  await put('k', 'third', { IfNoneMatch: '*' })
  expect((await read('k')).text).toBe('third')
})

test('If-Match writes over the very object, and over no other', async () => {
  const { ETag } = await put('k', 'first')
  await expect(put('k', 'wrong', { IfMatch: '"other"' })).rejects.toMatchObject(refused)
  await put('k', 'second', { IfMatch: ETag })
  await expect(put('k', 'stale', { IfMatch: ETag })).rejects.toMatchObject(refused)
  expect((await read('k')).text).toBe('second')
  await expect(put('absent', 'x', { IfMatch: ETag })).rejects.toMatchObject({ name: 'NoSuchKey' })
})

test('a write that is refused leaves no file behind', async () => {
  await put('k', 'first')
  const before = await server.bodyFiles()
  await expect(put('k', 'second', { IfNoneMatch: '*' })).rejects.toMatchObject(refused)
  expect(await server.bodyFiles()).toEqual(before)
})

test('If-Match deletes the very object, and no other', async () => {
  const { ETag } = await put('k', 'x')
  const remove = (Key: string, IfMatch: string | undefined) =>
    server.client.send(new DeleteObjectCommand({ Bucket, Key, IfMatch }))
  await expect(remove('k', '"other"')).rejects.toMatchObject(refused)
  await expect(remove('absent', '*')).rejects.toMatchObject(refused)
  expect((await read('k')).text).toBe('x')
  await remove('k', ETag)
  await expect(read('k')).rejects.toMatchObject({ name: 'NoSuchKey' })
})

test.each([
  { IfNoneMatch: '"an-etag"' },
  { IfMatch: '*' },
  { IfMatch: '"an-etag"', IfNoneMatch: '*' },
])('a write with %o is not known to S3, and is refused', async (condition) => {
  await expect(put('k', 'x', condition)).rejects.toMatchObject({
    name: 'NotImplemented',
    $metadata: { httpStatusCode: 501 },
  })
})

test('of many that write where nothing is, one wins', async () => {
  const writers = Array.from({ length: 40 }, (_, index) => `writer ${index}`)
  const outcomes = await Promise.allSettled(
    writers.map((writer) => put('k', writer, { IfNoneMatch: '*' })),
  )
  const winners = writers.filter((_, index) => outcomes[index]?.status === 'fulfilled')
  expect(winners).toEqual([(await read('k')).text])
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(refused)
  }
})

async function addOne(Key: string): Promise<void> {
  for (;;) {
    const { text, ETag } = await read(Key)
    try {
      await put(Key, String(Number(text) + 1), { IfMatch: ETag })
      return
    } catch (error) {
      if (!(error instanceof S3ServiceException && error.name === 'PreconditionFailed')) throw error
    }
  }
}

test('no increment is lost among many that compare and swap', async () => {
  await put('counter', '0')
  await Promise.all(Array.from({ length: 12 }, () => addOne('counter')))
  expect((await read('counter')).text).toBe('12')
})

test('a reader gets one version whole while writers replace it', async () => {
  const versions = Array.from({ length: 30 }, (_, index) => String(index).repeat(20_000))
  await put('k', versions[0] ?? '')
  const writing = versions.map((version) => put('k', version))
  const reading = versions.map(() => read('k'))
  await Promise.all(writing)
  for (const { text } of await Promise.all(reading)) expect(versions).toContain(text)
})

test('a reader that has begun gets the old version to its end', async () => {
  const old = 'old '.repeat(2_000_000)
  await put('k', old)
  const { Body } = await server.client.send(new GetObjectCommand({ Bucket, Key: 'k' }))
  await put('k', 'new')
  await server.client.send(new DeleteObjectCommand({ Bucket, Key: 'k' }))
  expect((await Body?.transformToString()) === old).toBe(true)
})
