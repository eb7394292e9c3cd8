import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { beforeEach, expect, test } from 'vitest'
import { errorCode, rawRequest } from './raw-request.ts'
import { serverForTests } from './running-server.ts'

const MIB = 1024 ** 2
const Key = 'large/object'

const server = await serverForTests()
let Bucket: string
let filesBefore: number
beforeEach(async () => {
  Bucket = await server.newBucket()
  filesBefore = (await server.bodyFiles()).length
})

async function begin(): Promise<string> {
  const { UploadId } = await server.client.send(
    new CreateMultipartUploadCommand({
      ...{ Bucket, Key, ContentType: 'application/gzip', Metadata: { colour: 'blue' } },
    }),
  )
  if (UploadId === undefined) throw new Error('The upload has no id')
  return UploadId
}

async function upload(UploadId: string, PartNumber: number, bytes: Buffer): Promise<CompletedPart> {
  const { ETag, ChecksumCRC32 } = await server.client.send(
    new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body: bytes }),
  )
  return { PartNumber, ETag, ChecksumCRC32 }
}

function complete(
  UploadId: string,
  Parts: CompletedPart[],
  condition: Partial<CompleteMultipartUploadCommandInput> = {},
) {
  const MultipartUpload = { Parts }
  return server.client.send(
    new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload, ...condition }),
  )
}

async function filesAdded(): Promise<number> {
  return (await server.bodyFiles()).length - filesBefore
}

test('the parts make one object, in order, whatever order they came in', async () => {
  const bytes = randomBytes(11 * MIB + 3)
  const slices = [
    bytes.subarray(0, 5 * MIB),
    bytes.subarray(5 * MIB, 11 * MIB),
    bytes.subarray(11 * MIB),
  ]
  const id = await begin()
  const third = await upload(id, 700, slices[2] ?? Buffer.of())
  const first = await upload(id, 1, slices[0] ?? Buffer.of())
  const { ETag } = await server.client.send(
    new UploadPartCommand({
      ...{ Bucket, Key, UploadId: id, PartNumber: 20, ContentLength: 6 * MIB },
      Body: Readable.from([slices[1]]),
    }),
  )
  await expect(server.client.send(new HeadObjectCommand({ Bucket, Key }))).rejects.toMatchObject({
    name: 'NotFound',
  })
  const done = await complete(id, [first, { PartNumber: 20, ETag }, third])

  const md5s = slices.map((slice) => createHash('md5').update(slice).digest())
  const etag = `"${createHash('md5').update(Buffer.concat(md5s)).digest('hex')}-3"`
  expect(done).toMatchObject({ ETag: etag, Bucket, Key, ChecksumType: 'COMPOSITE' })
  expect(done.ChecksumCRC32).toMatch(/-3$/)
  const got = await server.client.send(new GetObjectCommand({ Bucket, Key }))
  expect(got).toMatchObject({
    ...{ ETag: etag, ContentLength: bytes.length, ContentType: 'application/gzip' },
    Metadata: { colour: 'blue' },
  })
  expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true)
  const Range = `bytes=${5 * MIB - 2}-${5 * MIB + 1}`
  const across = await server.client.send(new GetObjectCommand({ Bucket, Key, Range }))
  expect(Buffer.from((await across.Body?.transformToByteArray()) ?? [])).toEqual(
    bytes.subarray(5 * MIB - 2, 5 * MIB + 2),
  )
  expect(await filesAdded()).toBe(1)
})

test('a part sent again takes the place of the first, and parts not named are dropped', async () => {
  const id = await begin()
  await upload(id, 1, Buffer.from('first try'))
  const again = await upload(id, 1, Buffer.from('second try'))
  await upload(id, 2, Buffer.from('not wanted'))
  await complete(id, [again])
  const got = await server.client.send(new GetObjectCommand({ Bucket, Key }))
  expect(await got.Body?.transformToString()).toBe('second try')
  expect(await filesAdded()).toBe(1)
})

test('an upload that was aborted or completed is gone', async () => {
  const aborted = await begin()
  const part = await upload(aborted, 1, Buffer.from('x'))
  await server.client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId: aborted }))
  expect(await filesAdded()).toBe(0)
  const completed = await begin()
  await complete(completed, [await upload(completed, 1, Buffer.from('y'))])
  for (const UploadId of [aborted, completed, 'never-begun']) {
    const gone = { name: 'NoSuchUpload', $metadata: { httpStatusCode: 404 } }
    await expect(upload(UploadId, 1, Buffer.from('x'))).rejects.toMatchObject(gone)
    await expect(complete(UploadId, [part])).rejects.toMatchObject(gone)
    const abort = new AbortMultipartUploadCommand({ Bucket, Key, UploadId })
    await expect(server.client.send(abort)).rejects.toMatchObject(gone)
  }
  expect(await filesAdded()).toBe(1)
})

test('a part that is on its way when its upload is aborted leaves nothing', async () => {
  const id = await begin()
  const sent = request(`${server.url}/${Bucket}/${Key}?partNumber=1&uploadId=${id}`, {
    ...{ method: 'PUT', headers: { 'content-length': 200_000 } },
  })
  sent.write(Buffer.alloc(100_000))
  await expect.poll(filesAdded).toBe(1)
  await server.client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId: id }))
  sent.end(Buffer.alloc(100_000))
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  expect(response.statusCode).toBe(404)
  expect(await text(response)).toContain('<Code>NoSuchUpload</Code>')
  expect(await filesAdded()).toBe(0)
})

test('parts that do not fit are refused, and the upload can still be completed', async () => {
  const id = await begin()
  const small = await upload(id, 1, Buffer.from('too small to be followed'))
  const last = await upload(id, 2, Buffer.from('last'))
  const refusals: [string, CompletedPart[]][] = [
    ['EntityTooSmall', [small, last]],
    ['InvalidPartOrder', [last, small]],
    ['InvalidPartOrder', [last, last]],
    ['InvalidPart', [{ ...last, ETag: small.ETag }]],
    ['InvalidPart', [{ ...last, ChecksumCRC32: small.ChecksumCRC32 }]],
    ['InvalidPart', [{ ...last, PartNumber: 3 }]],
  ]
  for (const [name, parts] of refusals) {
    await expect(complete(id, parts)).rejects.toMatchObject({ name })
  }
  const noParts = await rawRequest(
    ...([server.url, 'POST', `/${Bucket}/${Key}?uploadId=${id}`] as const),
    ...([{}, '<CompleteMultipartUpload></CompleteMultipartUpload>'] as const),
  )
  expect(errorCode(noParts)).toBe('MalformedXML')
  await complete(id, [last])
  const got = await server.client.send(new GetObjectCommand({ Bucket, Key }))
  expect(await got.Body?.transformToString()).toBe('last')
})

test.each([0, 10_001, 1.5])('there is no part %d', async (number) => {
  const id = await begin()
  await expect(upload(id, number, Buffer.from('x'))).rejects.toMatchObject({
    name: 'InvalidArgument',
  })
})

test('a condition holds when the upload is completed, or it goes on', async () => {
  const id = await begin()
  const part = await upload(id, 1, Buffer.from('from parts'))
  const { ETag } = await server.client.send(new PutObjectCommand({ Bucket, Key, Body: 'there' }))
  for (const condition of [{ IfNoneMatch: '*' }, { IfMatch: '"other"' }]) {
    await expect(complete(id, [part], condition)).rejects.toMatchObject({
      name: 'PreconditionFailed',
    })
  }
  await complete(id, [part], { IfMatch: ETag })
  const got = await server.client.send(new GetObjectCommand({ Bucket, Key }))
  expect(await got.Body?.transformToString()).toBe('from parts')
})

test('of many that complete one upload, one wins', async () => {
  const id = await begin()
  const parts = [await upload(id, 1, randomBytes(5 * MIB)), await upload(id, 2, Buffer.from('x'))]
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => complete(id, parts)))
  expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1)
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') {
      expect(['OperationAborted', 'NoSuchUpload']).toContain(outcome.reason.name)
    }
  }
  expect(await filesAdded()).toBe(1)
})

test('of many uploads that complete where nothing is, one wins', async () => {
  const ids = await Promise.all(Array.from({ length: 8 }, begin))
  const outcomes = await Promise.allSettled(
    ids.map(async (id) => {
      const part = await upload(id, 1, Buffer.from(id))
      await complete(id, [part], { IfNoneMatch: '*' })
      return id
    }),
  )
  const winners = outcomes.flatMap((outcome) =>
    outcome.status === 'fulfilled' ? [outcome.value] : [],
  )
  const got = await server.client.send(new GetObjectCommand({ Bucket, Key }))
  expect(winners).toEqual([await got.Body?.transformToString()])
})
