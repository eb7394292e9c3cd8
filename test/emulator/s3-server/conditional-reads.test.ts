import { PutObjectCommand } from '@aws-sdk/client-s3'
import { beforeAll, expect, test } from 'vitest'
import { errorCode, rawRequest } from './raw-request.ts'
import { serverForTests } from './running-server.ts'

const ETAG = '"5d41402abc4b2a76b9719d911017c592"'
const MODIFIED = 'Sun, 22 Nov 2026 10:26:30 GMT'
const EARLIER = 'Sun, 22 Nov 2026 10:26:29 GMT'

const server = await serverForTests()
let path: string
beforeAll(async () => {
  const Bucket = await server.newBucket()
  path = `/${Bucket}/k`
  await server.client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'hello' }))
})

test.each([
  [{ 'if-match': ETAG }, 200],
  [{ 'if-match': '*' }, 200],
  [{ 'if-match': `"other", ${ETAG}` }, 200],
  [{ 'if-match': '"other"' }, 412],
  [{ 'if-none-match': '"other"' }, 200],
  [{ 'if-none-match': ETAG }, 304],
  [{ 'if-none-match': `W/${ETAG}` }, 304],
  [{ 'if-none-match': '*' }, 304],
  [{ 'if-modified-since': EARLIER }, 200],
  [{ 'if-modified-since': MODIFIED }, 304],
  [{ 'if-modified-since': 'not a date' }, 200],
  [{ 'if-unmodified-since': MODIFIED }, 200],
  [{ 'if-unmodified-since': EARLIER }, 412],
  [{ 'if-match': ETAG, 'if-unmodified-since': EARLIER }, 200],
  [{ 'if-none-match': '"other"', 'if-modified-since': MODIFIED }, 200],
  [{ 'if-none-match': ETAG, 'if-modified-since': EARLIER }, 304],
])('with %o the answer is %i', async (headers, status) => {
  const got = await rawRequest(server.url, 'GET', path, headers)
  expect(got.status).toBe(status)
  if (status === 412) expect(errorCode(got)).toBe('PreconditionFailed')
  else expect(got.headers).toMatchObject({ etag: ETAG, 'last-modified': MODIFIED })
  if (status === 200) expect(got.body).toBe('hello')
  if (status === 304) expect(got.body).toBe('')
  const head = await rawRequest(server.url, 'HEAD', path, headers)
  expect(head).toMatchObject({ status, body: '' })
})
