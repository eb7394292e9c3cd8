import { describe, expect, it } from 'vitest'
import { Lines } from '../../lib/core/index.ts'
import { compressedLines, type LineCodec } from '../../lib/store/line-codec.ts'
import { MemoryObjects } from '../../lib/store/memory/memory-objects.ts'
import type { ListedObject, Objects } from '../../lib/store/objects.ts'
import { maxBodyBytes, maxTextBytes, readAhead } from '../../lib/store/read-ahead.ts'
import { StorageTrouble } from '../../lib/store/storage-trouble.ts'

const lost = (key: string) => new StorageTrouble(`Getting ${key}`, new Error('lost'))

/** A bucket whose answers come when told, and which knows what is open. */
class WatchedObjects implements Pick<Objects, 'get'> {
  readonly asked: string[] = []
  readonly open = new Set<string>()
  readonly #answers = new Map<string, () => void>()

  get(key: string): Promise<AsyncIterable<Uint8Array>> {
    this.asked.push(key)
    return new Promise((resolve, reject) => {
      this.#answers.set(key, () => {
        if (key.endsWith('lost')) reject(lost(key))
        else resolve(this.#chunksOf(key))
      })
    })
  }

  /** Answers what was asked, in the order given: an object that came last may be there first. */
  answer(keys: readonly string[]): void {
    for (const key of keys) {
      this.#answers.get(key)?.()
      this.#answers.delete(key)
    }
  }

  #chunksOf(key: string): AsyncIterableIterator<Uint8Array> {
    this.open.add(key)
    let chunks = [Buffer.from(key)]
    const end = { done: true, value: undefined } as const
    return {
      [Symbol.asyncIterator]() {
        return this
      },
      next: async () => {
        const value = chunks.shift()
        if (value !== undefined) return { value }
        this.open.delete(key)
        return end
      },
      return: async () => {
        chunks = []
        this.open.delete(key)
        return end
      },
    }
  }
}

/** Large ones stay open until their turn comes, small ones are read ahead. */
async function* listOf(
  keys: readonly string[],
  bytes = maxBodyBytes + 1,
): AsyncGenerator<ListedObject> {
  for (const key of keys) yield { key, bytes }
}

/** What is read of the objects above is their names. */
const codec: Pick<LineCodec, 'decode' | 'decodeWhole'> = {
  async *decode(_name, chunks) {
    for await (const chunk of chunks) yield Lines.ofText(chunk)
  },
  decodeWhole: async (_name, body) => Lines.ofText(body),
}

const textOf = (lines: Lines | undefined) => Buffer.from(lines?.bytes ?? []).toString()

const keysTo = (count: number) => Array.from({ length: count }, (_, index) => `k${index}`)

const settled = () => new Promise((resolve) => setImmediate(resolve))

/** Reads all there is, each object to its end, and answers whatever is asked, the last first. */
async function readAll(
  objects: WatchedObjects,
  keys: readonly string[],
  bytes?: number,
): Promise<string[]> {
  const texts: string[] = []
  let most = 0
  const answering = async () => {
    while (texts.length < keys.length) {
      await settled()
      most = Math.max(most, objects.asked.length - texts.length)
      objects.answer(objects.asked.toReversed())
    }
  }
  const reading = async () => {
    for await (const { lines } of readAhead(objects, codec, listOf(keys, bytes))) {
      texts.push(textOf(lines))
    }
  }
  await Promise.all([reading(), answering()])
  expect(most).toBeLessThanOrEqual(17)
  return texts
}

describe('objects that are read or opened ahead', () => {
  it.each([1, maxBodyBytes + 1])(
    'come in the order of their list, whichever is there first, and no more than some',
    async (bytes) => {
      const keys = keysTo(100)
      const objects = new WatchedObjects()
      expect(await readAll(objects, keys, bytes)).toEqual(keys)
      expect(objects.asked).toEqual(keys)
      expect(objects.open.size).toBe(0)
    },
  )

  it('are several at once', async () => {
    const objects = new WatchedObjects()
    const reading = readAhead(objects, codec, listOf(keysTo(100)))
    const first = reading.next()
    await settled()
    expect(objects.asked).toEqual(keysTo(16))
    objects.answer(objects.asked)
    await first
    expect(objects.open.size).toBe(16)
    await reading.return(undefined)
    expect(objects.open.size).toBe(0)
  })

  it('are read to their end where they are small, before their turn comes', async () => {
    const objects = new WatchedObjects()
    const reading = readAhead(objects, codec, listOf(keysTo(100), maxBodyBytes))
    const first = reading.next()
    await settled()
    objects.answer(objects.asked.slice(1))
    await settled()
    expect(objects.open.size).toBe(0)
    objects.answer(objects.asked.slice(0, 1))
    expect(textOf((await first).value?.lines)).toBe('k0')
    expect(textOf((await reading.next()).value?.lines)).toBe('k1')
    await reading.return(undefined)
    objects.answer(objects.asked)
    await settled()
    expect(objects.open.size).toBe(0)
  })

  it('come in chunks where they are large, or come to much', async () => {
    const objects = new MemoryObjects()
    const line = Buffer.alloc(1023, 'x')
    const kibibytes = { small: maxTextBytes / 1024, long: maxTextBytes / 1024 + 1 }
    for (const [name, count] of Object.entries(kibibytes)) {
      const body = await compressedLines.encode('x.zst', Lines.of(Array<Buffer>(count).fill(line)))
      await objects.put(`${name}.zst`, body)
    }
    const chunksOf = async (name: string, bytes?: number) => {
      const listed = listOf([`${name}.zst`], bytes)
      const read = await Array.fromAsync(readAhead(objects, compressedLines, listed))
      const lines = read.reduce((total, chunk) => total + (chunk.lines?.length ?? 0), 0)
      return { chunks: read.length, lines }
    }
    expect(await chunksOf('small', 1)).toEqual({ chunks: 1, lines: kibibytes.small })
    const long = await chunksOf('long', 1)
    expect(long.lines).toBe(kibibytes.long)
    expect(long.chunks).toBeGreaterThan(4)
    expect((await chunksOf('small')).chunks).toBeGreaterThan(4)
    expect(await chunksOf('none', 1)).toEqual({ chunks: 1, lines: 0 })
  })

  it('are let go of when the reader leaves, also those that come only then', async () => {
    const objects = new WatchedObjects()
    const reading = readAhead(objects, codec, listOf(keysTo(100)))
    const first = reading.next()
    await settled()
    objects.answer(keysTo(8))
    expect(textOf((await first).value?.lines)).toBe('k0')
    const second = reading.next()
    expect(textOf((await second).value?.lines)).toBe('k1')
    expect(objects.open.size).toBe(7)
    await reading.return(undefined)
    expect(objects.open.size).toBe(0)
    const asked = objects.asked.length
    objects.answer(objects.asked)
    await settled()
    expect(objects.open.size).toBe(0)
    expect(objects.asked).toHaveLength(asked)
  })

  it('are let go of when one before them can not be opened', async () => {
    const objects = new WatchedObjects()
    const keys = ['a', 'lost', 'c', 'd']
    const seen: string[] = []
    const reading = (async () => {
      for await (const { of } of readAhead(objects, codec, listOf(keys))) seen.push(of.key)
    })()
    await settled()
    objects.answer(keys.toReversed())
    await expect(reading).rejects.toThrow(StorageTrouble)
    expect(seen).toEqual(['a'])
    expect(objects.open.size).toBe(0)
  })
})
