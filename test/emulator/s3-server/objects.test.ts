import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { beforeEach, expect, test } from 'vitest'
import { errorCode, rawRequest } from './raw-request.ts'
import { serverForTests } from './running-server.ts'

const server = await serverForTests()
let Bucket: string
beforeEach(async () => {
  Bucket = await server.newBucket()
})

async function bytesOf(Key: string): Promise<Buffer> {
  const { Body } = await server.client.send(new GetObjectCommand({ Bucket, Key }))
  return Buffer.from((await Body?.transformToByteArray()) ?? [])
}

test('an object comes back with its bytes, headers and metadata', async () => {
  const put = await server.client.send(
    new PutObjectCommand({
      Bucket,
      Key: 'k',
      Body: 'hello',
      ContentType: 'text/plain',
      ContentEncoding: 'identity',
      ContentLanguage: 'en',
      ContentDisposition: 'inline',
      CacheControl: 'no-store',
      Metadata: { colour: 'blue', 'two-words': 'a b' },
    }),
  )
  expect(put.ETag).toBe('"5d41402abc4b2a76b9719d911017c592"')
  const described = {
    ETag: put.ETag,
    ContentLength: 5,
    ContentType: 'text/plain',
    ContentEncoding: 'identity',
    ContentLanguage: 'en',
    ContentDisposition: 'inline',
    CacheControl: 'no-store',
    Metadata: { colour: 'blue', 'two-words': 'a b' },
    AcceptRanges: 'bytes',
    LastModified: new Date(Date.UTC(2026, 10, 22, 10, 26, 30)),
  }
  const got = await server.client.send(new GetObjectCommand({ Bucket, Key: 'k' }))
  expect(got).toMatchObject(described)
  expect(await got.Body?.transformToString()).toBe('hello')
  expect(await server.client.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).toMatchObject(
    described,
  )
})

test('an object without a content type gets the default of S3', async () => {
  await rawRequest(server.url, 'PUT', `/${Bucket}/k`, { 'content-length': 1 }, 'x')
  const head = await server.client.send(new HeadObjectCommand({ Bucket, Key: 'k' }))
  expect(head.ContentType).toBe('binary/octet-stream')
})

test('an overwritten object has nothing left of the old one', async () => {
  const before = await server.bodyFiles()
  const old = { Body: 'old and longer', Metadata: { old: 'yes' }, ContentEncoding: 'gzip' }
  await server.client.send(new PutObjectCommand({ Bucket, Key: 'k', ...old }))
  await server.client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'new' }))
  const head = await server.client.send(new HeadObjectCommand({ Bucket, Key: 'k' }))
  expect(head).toMatchObject({ ContentLength: 3, Metadata: {} })
  expect(head.ContentEncoding).toBeUndefined()
  expect(await bytesOf('k')).toEqual(Buffer.from('new'))
  expect(await server.bodyFiles()).toHaveLength(before.length + 1)
})

test('an empty object is an object', async () => {
  await server.client.send(
    new PutObjectCommand({ Bucket, Key: 'empty', Body: '', ContentLength: 0 }),
  )
  await server.client.send(
    new PutObjectCommand({
      Bucket,
      Key: 'empty stream',
      Body: Readable.from([]),
      ContentLength: 0,
    }),
  )
  for (const Key of ['empty', 'empty stream']) {
    const head = await server.client.send(new HeadObjectCommand({ Bucket, Key }))
    expect(head).toMatchObject({ ContentLength: 0, ETag: '"d41d8cd98f00b204e9800998ecf8427e"' })
    expect(await bytesOf(Key)).toHaveLength(0)
  }
})

test('a streamed body is taken out of its chunks, and its own encoding stays', async () => {
  const bytes = randomBytes(3_000_001)
  const pieces = [bytes.subarray(0, 1), bytes.subarray(1, 70_000), bytes.subarray(70_000)]
  const put = await server.client.send(
    new PutObjectCommand({
      Bucket,
      Key: 'streamed',
      Body: Readable.from(pieces),
      ContentLength: bytes.length,
      ContentEncoding: 'gzip',
    }),
  )
  expect(put.ETag).toBe(`"${createHash('md5').update(bytes).digest('hex')}"`)
  expect((await bytesOf('streamed')).equals(bytes)).toBe(true)
  const head = await server.client.send(new HeadObjectCommand({ Bucket, Key: 'streamed' }))
  expect(head).toMatchObject({ ContentLength: bytes.length, ContentEncoding: 'gzip' })
  await server.client.send(
    new PutObjectCommand({
      Bucket,
      Key: 'plain',
      Body: Readable.from(pieces),
      ContentLength: bytes.length,
    }),
  )
  const plain = await server.client.send(new HeadObjectCommand({ Bucket, Key: 'plain' }))
  expect(plain.ContentEncoding).toBeUndefined()
})

test('a deleted object is gone, with its file, and may be deleted again', async () => {
  const before = await server.bodyFiles()
  await server.client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }))
  await server.client.send(new DeleteObjectCommand({ Bucket, Key: 'k' }))
  await expect(bytesOf('k')).rejects.toMatchObject({ name: 'NoSuchKey' })
  expect(await server.bodyFiles()).toHaveLength(before.length)
  const again = await server.client.send(new DeleteObjectCommand({ Bucket, Key: 'k' }))
  expect(again.$metadata.httpStatusCode).toBe(204)
})

test('what is missing is told apart: key or bucket', async () => {
  const absent = { name: 'NoSuchKey', $metadata: { httpStatusCode: 404 } }
  await expect(bytesOf('absent')).rejects.toMatchObject(absent)
  const head = new HeadObjectCommand({ Bucket, Key: 'absent' })
  await expect(server.client.send(head)).rejects.toMatchObject({ name: 'NotFound' })
  const elsewhere = { Bucket: 'no-such-bucket', Key: 'k' }
  for (const command of [
    new GetObjectCommand(elsewhere),
    new PutObjectCommand({ ...elsewhere, Body: 'x' }),
    new DeleteObjectCommand(elsewhere),
  ]) {
    await expect(server.client.send(command)).rejects.toMatchObject({
      name: 'NoSuchBucket',
      $metadata: { httpStatusCode: 404 },
    })
  }
})

test('an answer to HEAD has no body, even when it is a refusal', async () => {
  await server.client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'hello' }))
  const found = await rawRequest(server.url, 'HEAD', `/${Bucket}/k`)
  expect(found).toMatchObject({ status: 200, body: '', headers: { 'content-length': '5' } })
  const absent = await rawRequest(server.url, 'HEAD', `/${Bucket}/absent`)
  expect(absent).toMatchObject({ status: 404, body: '' })
})

const oddKeys = [
  '/',
  '//',
  '/leading',
  'trailing/',
  'a//b',
  '.',
  '..',
  '../../etc/passwd',
  'a/../b',
  'a/./b',
  'a',
  'a/b',
  'a#b?c=d&e',
  '%2F%00%',
  '100% sure + more',
  ' space both ends ',
  'quotes " \' and <tags> &amp; \\',
  'CON',
  'case',
  'CASE',
  'ключ/鍵/🔑',
  'e\u0301 is not \u00e9',
  '\ufeffmark',
  'new\nline\ttab\rreturn\u0000nul',
  '\uffff\u{10000}',
  `long/${'x'.repeat(1019)}`,
  'é'.repeat(512),
]

test('any key of up to 1024 bytes is a key of its own', async () => {
  for (const Key of oddKeys) {
    await server.client.send(new PutObjectCommand({ Bucket, Key, Body: `body of ${Key}` }))
  }
  for (const Key of oddKeys) {
    expect((await bytesOf(Key)).toString()).toBe(`body of ${Key}`)
  }
  const { Contents } = await server.client.send(
    new ListObjectsV2Command({ Bucket, EncodingType: 'url' }),
  )
  const listed = Contents?.map((object) => decodeURIComponent(object.Key ?? ''))
  expect(listed).toEqual(oddKeys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
  expect(await rawRequest(server.url, 'GET', `/${Bucket}/../../etc/passwd`)).toMatchObject({
    status: 200,
    body: 'body of ../../etc/passwd',
  })
})

test('a key of more than 1024 bytes, or not in UTF-8, is refused', async () => {
  const long = new PutObjectCommand({ Bucket, Key: 'é'.repeat(513), Body: 'x' })
  await expect(server.client.send(long)).rejects.toMatchObject({ name: 'KeyTooLongError' })
  const broken = await rawRequest(server.url, 'GET', `/${Bucket}/%ff`)
  expect([broken.status, errorCode(broken)]).toEqual([400, 'InvalidURI'])
})

test('metadata of more than 2 KB is refused', async () => {
  const command = new PutObjectCommand({
    ...{ Bucket, Key: 'k', Body: 'x' },
    Metadata: { a: 'x'.repeat(2048) },
  })
  await expect(server.client.send(command)).rejects.toMatchObject({ name: 'MetadataTooLarge' })
})
