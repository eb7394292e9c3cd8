import {
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import pMap from 'p-map'
import { expect, test } from 'vitest'
import { errorCode, rawRequest } from './raw-request.ts'
import { serverForTests } from './running-server.ts'

const server = await serverForTests()

async function bucketWith(keys: readonly string[]): Promise<string> {
  const Bucket = await server.newBucket()
  await pMap(keys, (Key) => server.client.send(new PutObjectCommand({ Bucket, Key, Body: Key })), {
    concurrency: 16,
  })
  return Bucket
}

function list(input: ListObjectsV2CommandInput): Promise<ListObjectsV2CommandOutput> {
  return server.client.send(new ListObjectsV2Command(input))
}

function keysOf(page: ListObjectsV2CommandOutput): (string | undefined)[] {
  return (page.Contents ?? []).map((object) => object.Key)
}

function prefixesOf(page: ListObjectsV2CommandOutput): (string | undefined)[] {
  return (page.CommonPrefixes ?? []).map((common) => common.Prefix)
}

test('more than 1000 keys come in pages, every key once and in order', async () => {
  const keys = Array.from({ length: 2005 }, (_, index) => `k/${String(index).padStart(5, '0')}`)
  const Bucket = await bucketWith(keys.toReversed())
  const first = await list({ Bucket })
  expect(first).toMatchObject({ KeyCount: 1000, MaxKeys: 1000, IsTruncated: true, Name: Bucket })
  const second = await list({ Bucket, ContinuationToken: first.NextContinuationToken })
  expect(second).toMatchObject({ ContinuationToken: first.NextContinuationToken })
  const third = await list({ Bucket, ContinuationToken: second.NextContinuationToken })
  expect(third).toMatchObject({ KeyCount: 5, IsTruncated: false })
  expect(third.NextContinuationToken).toBeUndefined()
  expect([first, second, third].flatMap(keysOf)).toEqual(keys)
  expect((await list({ Bucket, MaxKeys: 5000 })).KeyCount).toBe(1000)
})

test('an object is listed with its size, entity tag and time', async () => {
  const Bucket = await bucketWith(['hello'])
  expect((await list({ Bucket })).Contents).toEqual([
    {
      Key: 'hello',
      Size: 5,
      ETag: '"5d41402abc4b2a76b9719d911017c592"',
      LastModified: new Date(server.nowMs),
      StorageClass: 'STANDARD',
    },
  ])
})

test('a delimiter rolls keys up into common prefixes', async () => {
  const Bucket = await bucketWith(['a!', 'a/1', 'a/2', 'a/b/3', 'a0', 'b', 'c/4', '/5'])
  const whole = await list({ Bucket, Delimiter: '/' })
  expect(keysOf(whole)).toEqual(['a!', 'a0', 'b'])
  expect(prefixesOf(whole)).toEqual(['/', 'a/', 'c/'])
  expect(whole).toMatchObject({ KeyCount: 6, Delimiter: '/', IsTruncated: false })
  const inside = await list({ Bucket, Delimiter: '/', Prefix: 'a/' })
  expect(keysOf(inside)).toEqual(['a/1', 'a/2'])
  expect(prefixesOf(inside)).toEqual(['a/b/'])
  const partial = await list({ Bucket, Delimiter: '/', Prefix: 'a' })
  expect(prefixesOf(partial)).toEqual(['a/'])
  const long = await list({ Bucket, Delimiter: '/b/' })
  expect(prefixesOf(long)).toEqual(['a/b/'])
})

test('common prefixes count in a page, and none comes twice', async () => {
  const Bucket = await bucketWith(['a/1', 'a/2', 'b', 'c/1', 'c/2', 'd'])
  const seen: (string | undefined)[] = []
  let token: string | undefined
  do {
    const page = await list({ Bucket, Delimiter: '/', MaxKeys: 1, ContinuationToken: token })
    expect(page.KeyCount).toBe(1)
    seen.push(...keysOf(page), ...prefixesOf(page))
    token = page.NextContinuationToken
  } while (token !== undefined)
  expect(seen).toEqual(['a/', 'b', 'c/', 'd'])
})

test('a page that ends with the last key is not truncated', async () => {
  const Bucket = await bucketWith(['a', 'b'])
  expect(await list({ Bucket, MaxKeys: 2 })).toMatchObject({ KeyCount: 2, IsTruncated: false })
  expect(await list({ Bucket, MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false })
  const page = await list({ Bucket, MaxKeys: 1 })
  expect(page).toMatchObject({ KeyCount: 1, IsTruncated: true })
})

test('start-after begins right after a key, there or not; a token overrules it', async () => {
  const Bucket = await bucketWith(['a', 'b', 'b/1', 'c'])
  expect(keysOf(await list({ Bucket, StartAfter: 'b' }))).toEqual(['b/1', 'c'])
  expect(keysOf(await list({ Bucket, StartAfter: 'aa' }))).toEqual(['b', 'b/1', 'c'])
  expect(keysOf(await list({ Bucket, StartAfter: 'z' }))).toEqual([])
  expect(keysOf(await list({ Bucket, StartAfter: 'z', Prefix: 'a' }))).toEqual([])
  expect(keysOf(await list({ Bucket, StartAfter: 'a', Prefix: 'b' }))).toEqual(['b', 'b/1'])
  const first = await list({ Bucket, MaxKeys: 2 })
  const rest = await list({
    Bucket,
    ContinuationToken: first.NextContinuationToken,
    StartAfter: 'c',
  })
  expect(keysOf(rest)).toEqual(['b/1', 'c'])
})

test('between a key and the next page or start-after, no key is lost', async () => {
  const Bucket = await bucketWith(['a', 'a\0', 'a\u0001'])
  expect(keysOf(await list({ Bucket, StartAfter: 'a' }))).toEqual(['a\0', 'a\u0001'])
  const first = await list({ Bucket, MaxKeys: 1 })
  const rest = await list({ Bucket, ContinuationToken: first.NextContinuationToken })
  expect(keysOf(rest)).toEqual(['a\0', 'a\u0001'])
})

test('in a query, + stands for a space, as %20 does', async () => {
  const Bucket = await bucketWith(['a b', 'a+b'])
  const prefixed = (prefix: string) =>
    rawRequest(server.url, 'GET', `/${Bucket}?list-type=2&prefix=${prefix}`)
  for (const prefix of ['a+', 'a%20']) {
    expect((await prefixed(prefix)).body).toContain('<Key>a b</Key>')
  }
  expect((await prefixed('a%2B')).body).toContain('<Key>a+b</Key>')
})

test('keys are in the order of their UTF-8 bytes', async () => {
  const keys = ['B', 'a', 'é', '\ue000', '\uffee', '\u{10000}', '\u{1f511}']
  const Bucket = await bucketWith(keys.toReversed())
  expect(keysOf(await list({ Bucket, EncodingType: 'url' })).map(decoded)).toEqual(keys)
  expect(keysOf(await list({ Bucket }))).toEqual(keys)
})

function decoded(text: string | undefined): string {
  return decodeURIComponent(text ?? '')
}

test('keys that XML cannot hold as they are come through', async () => {
  const keys = ['a\rb', 'a&lt;<b>', 'a  ', 'a\u0001\u001f', 'a\u2028\u0085', '\'"'].sort()
  const Bucket = await bucketWith(keys)
  expect(keysOf(await list({ Bucket }))).toEqual(keys)
})

test('encoding-type=url encodes keys, prefixes, delimiter and start-after', async () => {
  const Bucket = await bucketWith(['a b/+1', 'a b/c+d/2'])
  const page = await list({
    ...{ Bucket, EncodingType: 'url', Prefix: 'a b/', Delimiter: '+d', StartAfter: 'a a' },
  })
  expect(page).toMatchObject({
    EncodingType: 'url',
    Prefix: 'a%20b/',
    Delimiter: '%2Bd',
    StartAfter: 'a%20a',
    Contents: [{ Key: 'a%20b/%2B1' }],
    CommonPrefixes: [{ Prefix: 'a%20b/c%2Bd' }],
  })
})

test.each([
  'max-keys=-1',
  'max-keys=many',
  'encoding-type=base64',
  'continuation-token=',
  'continuation-token=%21',
])('a listing with %s is refused', async (parameter) => {
  const Bucket = await bucketWith(['a'])
  const refused = await rawRequest(server.url, 'GET', `/${Bucket}?list-type=2&${parameter}`)
  expect([refused.status, errorCode(refused)]).toEqual([400, 'InvalidArgument'])
})

test('a bucket that is not there cannot be listed', async () => {
  await expect(list({ Bucket: 'no-such-bucket' })).rejects.toMatchObject({ name: 'NoSuchBucket' })
})
