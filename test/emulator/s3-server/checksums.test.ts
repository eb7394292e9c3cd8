import { createHash } from 'node:crypto'
import { Agent } from 'node:http'
import { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import {
  ChecksumAlgorithm,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { beforeEach, expect, test } from 'vitest'
import { errorCode, rawRequest } from './raw-request.ts'
import { serverForTests } from './running-server.ts'

const BODY = 'hello'
const WRONG_BODY = 'jello'

const server = await serverForTests()
let Bucket: string
beforeEach(async () => {
  Bucket = await server.newBucket()
})

function crc32Base64(text: string): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc32(text))
  return bytes.toString('base64')
}

function digest(algorithm: string, text: string): string {
  return createHash(algorithm).update(text).digest('base64')
}

function put(headers: Record<string, string>, body = BODY) {
  return rawRequest(
    server.url,
    'PUT',
    `/${Bucket}/k`,
    { 'content-length': Buffer.byteLength(body), ...headers },
    body,
  )
}

async function expectNothingStored(): Promise<void> {
  expect((await rawRequest(server.url, 'HEAD', `/${Bucket}/k`)).status).toBe(404)
}

test.each([
  ['x-amz-checksum-crc32', crc32Base64, 'BadDigest'],
  ['x-amz-checksum-sha1', (text: string) => digest('sha1', text), 'BadDigest'],
  ['x-amz-checksum-sha256', (text: string) => digest('sha256', text), 'BadDigest'],
  ['content-md5', (text: string) => digest('md5', text), 'BadDigest'],
  [
    'x-amz-content-sha256',
    (text: string) => createHash('sha256').update(text).digest('hex'),
    'XAmzContentSHA256Mismatch',
  ],
])('a body that is not what %s says is refused', async (header, sum, code) => {
  const refused = await put({ [header]: sum(WRONG_BODY) })
  expect([refused.status, errorCode(refused)]).toEqual([400, code])
  await expectNothingStored()
  expect((await put({ [header]: sum(BODY) })).status).toBe(200)
})

test.each([
  ['x-amz-checksum-crc32', 'not base64!', 'InvalidRequest'],
  ['x-amz-checksum-sha256', crc32Base64(BODY), 'InvalidRequest'],
  ['content-md5', 'short', 'InvalidDigest'],
])('%s: %s is no checksum at all', async (header, value, code) => {
  const refused = await put({ [header]: value })
  expect([refused.status, errorCode(refused)]).toEqual([400, code])
  await expectNothingStored()
})

test('two checksums at once are refused', async () => {
  const refused = await put({
    'x-amz-checksum-crc32': crc32Base64(BODY),
    'x-amz-checksum-sha1': digest('sha1', BODY),
  })
  expect([refused.status, errorCode(refused)]).toEqual([400, 'InvalidRequest'])
})

test.each(['crc32c', 'crc64nvme', 'xxhash128'])(
  'a checksum by %s is refused with 501',
  async (name) => {
    const refused = await put({ [`x-amz-checksum-${name}`]: 'AAAAAA==' })
    expect([refused.status, errorCode(refused)]).toEqual([501, 'NotImplemented'])
    await expectNothingStored()
  },
)

test.each([ChecksumAlgorithm.CRC32, ChecksumAlgorithm.SHA1, ChecksumAlgorithm.SHA256])(
  'the checksum by %s is kept, and given to those who ask for it',
  async (name) => {
    for (const Body of [BODY, Readable.from([BODY])]) {
      const put = new PutObjectCommand({
        ...{ Bucket, Key: 'k', Body, ContentLength: BODY.length },
        ChecksumAlgorithm: name,
      })
      await server.client.send(put)
      const field = `Checksum${name}` as const
      const value = name === 'CRC32' ? crc32Base64(BODY) : digest(name.toLowerCase(), BODY)
      const asked = { Bucket, Key: 'k', ChecksumMode: 'ENABLED' } as const
      const head = await server.client.send(new HeadObjectCommand(asked))
      expect(head).toMatchObject({ [field]: value, ChecksumType: 'FULL_OBJECT' })
      const range = new GetObjectCommand({ ...asked, Range: 'bytes=1-2' })
      expect((await server.client.send(range))[field]).toBeUndefined()
    }
  },
)

function putChunks(body: string, headers: Record<string, string> = {}, agent?: Agent) {
  return rawRequest(
    server.url,
    'PUT',
    `/${Bucket}/k`,
    {
      'content-encoding': 'aws-chunked',
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': BODY.length,
      ...headers,
    },
    body,
    agent,
  )
}

const announced = { 'x-amz-trailer': 'x-amz-checksum-crc32' }
const right = `x-amz-checksum-crc32:${crc32Base64(BODY)}\r\n`
const wrong = `x-amz-checksum-crc32:${crc32Base64(WRONG_BODY)}\r\n`

test.each([
  ['in one chunk', `5\r\nhello\r\n0\r\n${right}\r\n`],
  ['in several chunks', `2\r\nhe\r\n3\r\nllo\r\n0\r\n${right}\r\n`],
  [
    'with signatures',
    `5;chunk-signature=${'0'.repeat(64)}\r\nhello\r\n0;chunk-signature=00\r\n${right}x-amz-trailer-signature:00\r\n\r\n`,
  ],
])('a chunked body with a trailer is taken, %s', async (_how, body) => {
  expect((await putChunks(body, announced)).status).toBe(200)
  const got = await server.client.send(new GetObjectCommand({ Bucket, Key: 'k' }))
  expect(await got.Body?.transformToString()).toBe(BODY)
})

test.each(['5\r\nhello\r\n0\r\n\r\n', '5\r\nhello\r\n0\r\n'])(
  'a chunked body needs no trailer if none is announced: %j',
  async (body) => {
    expect((await putChunks(body)).status).toBe(200)
  },
)

test.each([
  ['the trailer does not fit the body', `5\r\nhello\r\n0\r\n${wrong}\r\n`, 'BadDigest'],
  ['the trailer is missing', '5\r\nhello\r\n0\r\n\r\n', 'MalformedTrailerError'],
  ['a trailer has no name', '5\r\nhello\r\n0\r\nnonsense\r\n\r\n', 'MalformedTrailerError'],
  ['the chunks end early', '5\r\nhel', 'IncompleteBody'],
  ['the last chunk is missing', '5\r\nhello\r\n', 'IncompleteBody'],
  ['the body is shorter than declared', `4\r\nhell\r\n0\r\n${right}\r\n`, 'IncompleteBody'],
  ['the body is longer than declared', `6\r\nhello!\r\n0\r\n${right}\r\n`, 'IncompleteBody'],
  ['a chunk has no size', `x\r\nhello\r\n0\r\n${right}\r\n`, 'InvalidRequest'],
  ['a chunk is longer than its size', `4\r\nhello\r\n0\r\n${right}\r\n`, 'InvalidRequest'],
  ['a size never ends', '0'.repeat(20_000), 'InvalidRequest'],
  ['something follows', `5\r\nhello\r\n0\r\n${right}\r\nmore`, 'InvalidRequest'],
])('a chunked body is refused when %s', async (_why, body, code) => {
  const before = await server.bodyFiles()
  const refused = await putChunks(body, announced)
  expect([refused.status, errorCode(refused)]).toEqual([400, code])
  await expectNothingStored()
  expect(await server.bodyFiles()).toEqual(before)
})

test('a refusal reaches a client that is still sending, and the connection stays good', async () => {
  const rest = 'x'.repeat(4 * 1024 ** 2)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  try {
    const malformed = await putChunks(`no size\r\n${rest}`, announced, agent)
    expect([malformed.status, errorCode(malformed)]).toEqual([400, 'InvalidRequest'])
    const length = { 'content-length': rest.length }
    const nowhere = await rawRequest(server.url, 'PUT', '/no-such-bucket/k', length, rest, agent)
    expect([nowhere.status, errorCode(nowhere)]).toEqual([404, 'NoSuchBucket'])
    const taken = await rawRequest(server.url, 'PUT', `/${Bucket}/k`, length, rest, agent)
    expect(taken.status).toBe(200)
  } finally {
    agent.destroy()
  }
})

test('a body whose length is not declared is refused', async () => {
  const refused = await rawRequest(
    server.url,
    'PUT',
    `/${Bucket}/k`,
    { 'transfer-encoding': 'chunked' },
    BODY,
  )
  expect([refused.status, errorCode(refused)]).toEqual([411, 'MissingContentLength'])
})
