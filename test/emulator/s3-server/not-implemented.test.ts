import {
  CopyObjectCommand,
  DeleteBucketCommand,
  GetObjectTaggingCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { beforeAll, expect, test } from 'vitest'
import { startS3Server } from '../../../emulator/s3-server/index.ts'
import { errorCode, rawRequest } from './raw-request.ts'
import { serverForTests } from './running-server.ts'

const server = await serverForTests()
let Bucket: string
beforeAll(async () => {
  Bucket = await server.newBucket()
  await server.client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'hello' }))
})

const notImplemented = { name: 'NotImplemented', $metadata: { httpStatusCode: 501 } }

test('operations that the server does not have answer 501', async () => {
  const Key = 'k'
  const answers = await Promise.allSettled([
    server.client.send(new ListObjectsCommand({ Bucket })),
    server.client.send(new ListObjectVersionsCommand({ Bucket })),
    server.client.send(new ListMultipartUploadsCommand({ Bucket })),
    server.client.send(new ListPartsCommand({ Bucket, Key, UploadId: 'u' })),
    server.client.send(new DeleteBucketCommand({ Bucket })),
    server.client.send(new PutBucketPolicyCommand({ Bucket, Policy: '{}' })),
    server.client.send(new GetObjectTaggingCommand({ Bucket, Key })),
    server.client.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/k` })),
    server.client.send(new PutObjectCommand({ Bucket, Key, Body: 'x', Tagging: 'a=b' })),
    server.client.send(new PutObjectCommand({ Bucket, Key, Body: 'x', ACL: 'public-read' })),
  ])
  for (const answer of answers) {
    expect(answer).toMatchObject({ status: 'rejected', reason: notImplemented })
  }
})

test.each([
  ['GET', '/BUCKET/k?versionId=1'],
  ['GET', '/BUCKET/k?partNumber=1'],
  ['GET', '/BUCKET/k?response-content-type=text%2Fplain'],
  ['PUT', '/BUCKET/k?something-new'],
  ['GET', '/BUCKET?list-type=2&fetch-owner=true'],
  ['GET', '/BUCKET?list-type=3'],
  ['POST', '/BUCKET/k'],
  ['PATCH', '/BUCKET/k'],
  ['DELETE', '/'],
])('%s %s answers 501', async (method, path) => {
  const answer = await rawRequest(server.url, method, path.replace('BUCKET', Bucket))
  expect([answer.status, errorCode(answer)]).toEqual([501, 'NotImplemented'])
})

test.each([
  { 'x-amz-storage-class': 'GLACIER' },
  { 'x-amz-copy-source': '/a/b' },
  { 'x-amz-write-offset-bytes': '5' },
  { 'if-range': '"an-etag"' },
  { 'if-unmodified-since': 'Sun, 22 Nov 2026 10:26:30 GMT' },
])('a write with the header %o answers 501 and leaves the object', async (headers) => {
  const refused = await rawRequest(server.url, 'PUT', `/${Bucket}/k`, headers, 'other')
  expect([refused.status, errorCode(refused)]).toEqual([501, 'NotImplemented'])
  expect((await rawRequest(server.url, 'GET', `/${Bucket}/k`)).body).toBe('hello')
})

test('web pages and host names that are not loopback are refused', async () => {
  const page = { origin: 'http://example.com' }
  const fromPage = await rawRequest(server.url, 'GET', `/${Bucket}/k`, page)
  expect([fromPage.status, errorCode(fromPage)]).toEqual([403, 'AccessDenied'])
  const host = { host: `${Bucket}.s3.example.com` }
  const elsewhere = await rawRequest(server.url, 'GET', '/k', host)
  expect([elsewhere.status, errorCode(elsewhere)]).toEqual([400, 'InvalidRequest'])
})

test('an address that other machines reach is refused', async () => {
  const folder = server.folder
  await expect(startS3Server({ folder, host: '0.0.0.0', port: 0 })).rejects.toThrow('loopback')
})
