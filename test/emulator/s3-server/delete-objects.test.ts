import { createHash } from 'node:crypto'
import { Agent } from 'node:http'
import {
  DeleteObjectsCommand,
  ListObjectsV2Command,
  type ObjectIdentifier,
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

async function put(keys: readonly string[]): Promise<void> {
  for (const Key of keys) {
    await server.client.send(new PutObjectCommand({ Bucket, Key, Body: 'hello' }))
  }
}

function remove(Objects: ObjectIdentifier[], Quiet?: boolean) {
  return server.client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet } }))
}

async function remaining(): Promise<(string | undefined)[]> {
  const { Contents } = await server.client.send(new ListObjectsV2Command({ Bucket }))
  return (Contents ?? []).map((object) => object.Key)
}

test('many objects go at once, those that are not there too', async () => {
  const before = await server.bodyFiles()
  await put(['a', 'b', 'c'])
  const { Deleted, Errors } = await remove([{ Key: 'a' }, { Key: 'absent' }, { Key: 'c' }])
  expect(Deleted).toEqual([{ Key: 'a' }, { Key: 'absent' }, { Key: 'c' }])
  expect(Errors).toBeUndefined()
  expect(await remaining()).toEqual(['b'])
  expect(await server.bodyFiles()).toHaveLength(before.length + 1)
})

test('quiet, only failures are told', async () => {
  await put(['a', 'b'])
  const { Deleted, Errors } = await remove([{ Key: 'a' }, { Key: 'b', ETag: '"other"' }], true)
  expect(Deleted).toBeUndefined()
  expect(Errors).toMatchObject([{ Key: 'b', Code: 'PreconditionFailed' }])
  expect(await remaining()).toEqual(['b'])
})

test('an entity tag keeps any other object from being deleted', async () => {
  await put(['a', 'b'])
  const { Deleted, Errors } = await remove([
    { Key: 'a', ETag: '"5d41402abc4b2a76b9719d911017c592"' },
    { Key: 'b', ETag: '"other"' },
  ])
  expect(Deleted).toEqual([{ Key: 'a' }])
  expect(Errors).toMatchObject([{ Key: 'b', Code: 'PreconditionFailed' }])
})

test('keys go through XML unharmed', async () => {
  const keys = ['&lt;<>&amp;"\'', 'a\rb\nc', '  a  ', '\u0001', '🔑', '1e5', '__proto__', ' ']
  await put(keys)
  const { Deleted } = await remove(keys.map((Key) => ({ Key })))
  expect(Deleted?.map((deleted) => deleted.Key)).toEqual(keys)
  expect(await remaining()).toEqual([])
})

test('a thousand keys are the most', async () => {
  const keys = Array.from({ length: 1001 }, (_, index) => ({ Key: `k${index}` }))
  await expect(remove(keys)).rejects.toMatchObject({ name: 'MalformedXML' })
  expect((await remove(keys.slice(1))).Deleted).toHaveLength(1000)
})

function removeRaw(body: string, headers: Record<string, string>, agent?: Agent) {
  return rawRequest(server.url, 'POST', `/${Bucket}?delete`, headers, body, agent)
}

function md5Of(body: string): Record<string, string> {
  return { 'content-md5': createHash('md5').update(body).digest('base64') }
}

test.each([
  ['<Delete><Object><Key>a</Key></Delete>', 'MalformedXML'],
  ['<Remove><Object><Key>a</Key></Object></Remove>', 'MalformedXML'],
  ['<Delete></Delete>', 'MalformedXML'],
  ['<Delete><Object><Key></Key></Object></Delete>', 'MalformedXML'],
  ['<Delete><Object><Key>&unknown;</Key></Object></Delete>', 'MalformedXML'],
  [
    '<!DOCTYPE d [<!ENTITY a "b">]><Delete><Object><Key>&a;</Key></Object></Delete>',
    'MalformedXML',
  ],
  ['not XML', 'MalformedXML'],
  ['<Delete><Object><Key>a</Key><VersionId>1</VersionId></Object></Delete>', 'NotImplemented'],
])('the body %s deletes nothing', async (body, code) => {
  await put(['a'])
  expect(errorCode(await removeRaw(body, md5Of(body)))).toBe(code)
  expect(await remaining()).toEqual(['a'])
})

test('a document that is too large is refused, and the connection stays good', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  try {
    const body = `<Delete>${' '.repeat(12 * 1024 ** 2)}</Delete>`
    const refused = await removeRaw(body, md5Of(body), agent)
    expect([refused.status, errorCode(refused)]).toEqual([400, 'MalformedXML'])
    const next = await rawRequest(server.url, 'HEAD', `/${Bucket}`, {}, '', agent)
    expect(next.status).toBe(200)
  } finally {
    agent.destroy()
  }
})

test('a body without a checksum, or with a wrong one, deletes nothing', async () => {
  await put(['a'])
  const body = '<Delete><Object><Key>a</Key></Object></Delete>'
  expect(errorCode(await removeRaw(body, {}))).toBe('InvalidRequest')
  expect(errorCode(await removeRaw(body, md5Of('another')))).toBe('BadDigest')
  expect(await remaining()).toEqual(['a'])
  expect((await removeRaw(body, md5Of(body))).status).toBe(200)
  expect(await remaining()).toEqual([])
})
