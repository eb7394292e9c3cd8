import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { beforeAll, expect, test } from 'vitest'
import { errorCode, rawRequest } from './raw-request.ts'
import { serverForTests } from './running-server.ts'

const server = await serverForTests()
let Bucket: string
beforeAll(async () => {
  Bucket = await server.newBucket()
  await server.client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: '0123456789' }))
  await server.client.send(
    new PutObjectCommand({ Bucket, Key: 'empty', Body: '', ContentLength: 0 }),
  )
})

test.each([
  ['bytes=0-0', '0', 'bytes 0-0/10'],
  ['bytes=3-5', '345', 'bytes 3-5/10'],
  ['bytes=7-', '789', 'bytes 7-9/10'],
  ['bytes=7-99', '789', 'bytes 7-9/10'],
  ['bytes=-4', '6789', 'bytes 6-9/10'],
  ['bytes=-99', '0123456789', 'bytes 0-9/10'],
])('the range %s is sent alone', async (Range, text, ContentRange) => {
  const got = await server.client.send(new GetObjectCommand({ Bucket, Key: 'k', Range }))
  expect(got).toMatchObject({ ContentRange, ContentLength: text.length })
  expect(got.$metadata.httpStatusCode).toBe(206)
  expect(await got.Body?.transformToString()).toBe(text)
  const head = await server.client.send(new HeadObjectCommand({ Bucket, Key: 'k', Range }))
  expect(head).toMatchObject({ ContentRange, ContentLength: text.length })
})

test.each(['bytes=5-3', 'bytes=-', 'bytes=0-1,3-4', 'lines=1-2', 'nonsense'])(
  'the header %s is not one range, so the whole object is sent',
  async (range) => {
    const got = await rawRequest(server.url, 'GET', `/${Bucket}/k`, { range })
    expect(got).toMatchObject({ status: 200, body: '0123456789' })
  },
)

test.each([
  ['k', 'bytes=10-', 10],
  ['k', 'bytes=-0', 10],
  ['empty', 'bytes=0-', 0],
  ['empty', 'bytes=-1', 0],
])('of %s, the range %s cannot be sent', async (key, range, sizeBytes) => {
  const got = await rawRequest(server.url, 'GET', `/${Bucket}/${key}`, { range })
  expect([got.status, errorCode(got)]).toEqual([416, 'InvalidRange'])
  expect(got.headers['content-range']).toBe(`bytes */${sizeBytes}`)
})
