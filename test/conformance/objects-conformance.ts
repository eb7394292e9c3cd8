import { createHash, randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Objects } from '../../lib/store/objects.ts'
import { StorageTrouble } from '../../lib/store/storage-trouble.ts'
import type { BucketBackend } from './backend.ts'

const megabyte = 1024 * 1024

/** What every `Objects` must do, whatever it stores its objects in. */
export function objectsConformance(backend: BucketBackend): void {
  describe('a bucket', () => {
    let objects: Objects
    beforeAll(async () => {
      objects = await backend.emptyBucket()
    })

    const read = async (key: string) => {
      const chunks = await objects.get(key)
      if (chunks === undefined) return undefined
      const all: Uint8Array[] = []
      for await (const chunk of chunks) all.push(chunk)
      return Buffer.concat(all)
    }
    const list = async (prefix: string) => {
      const keys: string[] = []
      for await (const { key } of objects.list(prefix)) keys.push(key)
      return keys
    }

    it('finds nothing where nothing was put', async () => {
      expect(await objects.get(randomUUID())).toBeUndefined()
      expect(await list(randomUUID())).toEqual([])
    })

    it.each([
      ['nothing', Buffer.alloc(0)],
      ['every byte', Buffer.from(Array.from({ length: 256 }, (_, at) => at))],
      ['a megabyte', patternedBytes(megabyte)],
    ])('keeps the bytes of an object of %s', async (_what, body) => {
      const key = randomUUID()
      await objects.put(key, body)
      expect((await read(key))?.equals(body)).toBe(true)
      await objects.put(key, Buffer.from('replaced'))
      expect((await read(key))?.toString()).toBe('replaced')
    })

    it.each([
      ['nothing', 0, 1],
      ['little', 10, 1],
      ['just one upload part', 8 * megabyte, megabyte],
      ['two upload parts', 8 * megabyte + 1, megabyte],
      ['several upload parts of odd chunks', 17 * megabyte + 12_345, 70_001],
    ])('keeps the bytes of a stream of %s', async (_what, bytes, chunkBytes) => {
      const key = randomUUID()
      const body = patternedBytes(bytes)
      await objects.putStream(key, inChunks(body, chunkBytes))
      expect(digestOf(await read(key))).toBe(digestOf(body))
      expect((await Array.fromAsync(objects.list(key))).map((found) => found.bytes)).toEqual([
        bytes,
      ])
    })

    it.each([
      ['its first upload part', 10],
      ['its third upload part', 20 * megabyte],
    ])('puts nothing of a stream that fails within %s', async (_what, bytes) => {
      const key = randomUUID()
      await objects.put(key, Buffer.from('before'))
      const failure = new Error('the source failed')
      const broken = async function* () {
        yield* inChunks(patternedBytes(bytes), megabyte)
        throw failure
      }
      await expect(objects.putStream(key, broken())).rejects.toBe(failure)
      expect((await read(key))?.toString()).toBe('before')
    })

    it('keeps keys apart whatever they hold, and lists them in the order of UTF-8', async () => {
      const prefix = `${randomUUID()}/`
      const names = [
        '!',
        '#',
        '%23',
        '+',
        'A',
        'a',
        'a b',
        'a/b',
        'a/b/',
        'a~@',
        '~',
        'é',
        '\uffff',
        '🧺',
      ]
      const keys = names.map((name) => prefix + name)
      for (const key of keys.toReversed()) await objects.put(key, Buffer.from(key))
      expect(await list(prefix)).toEqual(keys)
      for (const key of keys) expect((await read(key))?.toString()).toBe(key)
      expect(await list(`${prefix}a/`)).toEqual([`${prefix}a/b`, `${prefix}a/b/`])
    })

    it('takes keys of 1,024 bytes, and none that are longer', async () => {
      const ends = ['x'.repeat(987), `${'x/'.repeat(493)}x`, `x${'é'.repeat(493)}`]
      for (const end of ends) {
        const key = `${randomUUID()}/${end}`
        await objects.put(key, Buffer.from(end))
        expect((await read(key))?.toString()).toBe(end)
        expect(await list(key.slice(0, 37))).toEqual([key])
        await expect(objects.put(`${key}x`, Buffer.from(end))).rejects.toThrow(StorageTrouble)
        const chunks = inChunks(Buffer.from(end), 10)
        await expect(objects.putStream(`${key}x`, chunks)).rejects.toThrow(StorageTrouble)
        expect(await list(key.slice(0, 37))).toEqual([key])
      }
    })

    it('lists the folders below a prefix, each once, and no objects', async () => {
      const prefix = `${randomUUID()}/`
      const folders = async (below: string) => Array.fromAsync(objects.folders(below))
      expect(await folders(prefix)).toEqual([])
      const names = ['z', 'b/1', 'b/2/3', 'a/1', 'a b/1', 'é/1', 'e~/1', 'c//1']
      for (const name of names) await objects.put(prefix + name, Buffer.from('x'))
      expect(await folders(prefix)).toEqual(['a b', 'a', 'b', 'c', 'e~', 'é'])
      expect(await folders(`${prefix}b/`)).toEqual(['2'])
      expect(await folders(`${prefix}a/`)).toEqual([])
    })

    it('lists more than a page, and deletes more than a request takes', async () => {
      const prefix = `${randomUUID()}/`
      const folders = Array.from({ length: 1_203 }, (_, at) => String(at).padStart(4, '0'))
      const keys = folders.map((name) => `${prefix}${name}/x`)
      for (let at = 0; at < keys.length; at += 100) {
        const some = keys.slice(at, at + 100)
        await Promise.all(some.map((key) => objects.put(key, Buffer.from('x'))))
      }
      expect(await list(prefix)).toEqual(keys)
      expect(await Array.fromAsync(objects.folders(prefix))).toEqual(folders)
      await objects.delete([...keys.slice(0, -2), `${prefix}never-there`])
      expect(await list(prefix)).toEqual(keys.slice(-2))
      await objects.delete([])
    })

    it('lets go of an object that is read in part', async () => {
      const key = randomUUID()
      await objects.put(key, patternedBytes(megabyte))
      // More often than a client has connections.
      for (let round = 0; round < 220; round++) {
        for await (const chunk of (await objects.get(key)) ?? []) {
          expect(chunk.length).toBeGreaterThan(0)
          break
        }
      }
    })
  })
}

/** Bytes no two stretches of which are alike. */
function patternedBytes(count: number): Buffer {
  const body = Buffer.alloc(count)
  for (let at = 0; at + 4 <= count; at += 4) body.writeUInt32LE(Math.imul(at, 2654435761) >>> 0, at)
  return body
}

async function* inChunks(body: Buffer, chunkBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += chunkBytes) yield body.subarray(at, at + chunkBytes)
}

function digestOf(body: Buffer | undefined): string {
  return createHash('sha256')
    .update(body ?? 'nothing')
    .digest('hex')
}
