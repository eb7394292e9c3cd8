import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, type S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { localS3Client } from '../../../emulator/clients.ts'
import { type Servers, startServers } from '../../../emulator/servers.ts'
import { letGo, type Objects } from '../../../lib/store/objects.ts'
import { createS3Objects } from '../../../lib/store/s3/s3-objects.ts'
import { StorageTrouble } from '../../../lib/store/storage-trouble.ts'

const megabyte = 1024 * 1024

let folder: string
let servers: Servers<'s3'>
let client: S3Client
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twofold-s3-'))
  servers = await startServers({ folder, which: ['s3'] })
  client = localS3Client(servers.endpoints.s3)
})
afterAll(async () => {
  client.destroy()
  await servers.close()
  await rm(folder, { recursive: true })
})

describe('a bucket that is not there', () => {
  const bucket = () => createS3Objects(client, 'missing')

  it.each<[string, (objects: Objects) => Promise<unknown>]>([
    ['Putting a/b', (objects) => objects.put('a/b', Buffer.from('x'))],
    ['Getting a/b', (objects) => objects.get('a/b')],
    ['Listing a/', (objects) => Array.fromAsync(objects.list('a/'))],
    ['Listing a/', (objects) => Array.fromAsync(objects.folders('a/'))],
    ['Deleting 2 objects', (objects) => objects.delete(['a', 'b'])],
    [
      'Uploading a/b',
      (objects) =>
        objects.putStream(
          'a/b',
          (async function* () {
            yield Buffer.from('x')
          })(),
        ),
    ],
  ])('throws StorageTrouble that names %s', async (doing, request) => {
    const outcome = await request(bucket()).catch((error: unknown) => error)
    expect(outcome).toBeInstanceOf(StorageTrouble)
    expect(outcome).toMatchObject({
      message: expect.stringMatching(`^${doing} failed: `),
      cause: { name: 'NoSuchBucket' },
    })
  })

  it.each([1, 9, 40])('lets go of a stream of %i MB that it can not take', async (megabytes) => {
    let closed = false
    let read = 0
    const chunks = async function* () {
      try {
        for (; read < megabytes; read++) yield Buffer.alloc(megabyte)
      } finally {
        closed = true
      }
    }
    await expect(bucket().putStream('a', chunks())).rejects.toThrow(StorageTrouble)
    expect(closed).toBe(true)
    // Two upload parts of 8 MB are read before the first request.
    expect(read).toBeLessThanOrEqual(17)
  })
})

describe('an object that is opened', () => {
  it.each(['before a byte is read', 'in its midst'])('is let go of %s', async (when) => {
    const bucket = when.replaceAll(' ', '-')
    const s3 = localS3Client(servers.endpoints.s3)
    const objects = createS3Objects(s3, bucket)
    await s3.send(new CreateBucketCommand({ Bucket: bucket }))
    await objects.put('a', Buffer.alloc(20 * megabyte))
    const connections = () => process.getActiveResourcesInfo().filter(isConnection).length
    const before = connections()
    for (let opened = 0; opened < 5; opened++) {
      const chunks = await objects.get('a')
      if (chunks === undefined) throw new Error('The object is gone')
      if (when === 'in its midst') await chunks[Symbol.asyncIterator]().next()
      await letGo(chunks)
    }
    await expect.poll(connections).toBeLessThanOrEqual(before)
    s3.destroy()
  })
})

const isConnection = (resource: string) => resource === 'TCPSocketWrap'
