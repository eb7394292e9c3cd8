import { describe, expect, it } from 'vitest'
import type { ListedObject, Objects } from '../../lib/store/objects.ts'
import { readAhead } from '../../lib/store/read-ahead.ts'
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

async function* listOf(keys: readonly string[]): AsyncGenerator<ListedObject> {
  for (const key of keys) yield { key, bytes: 1 }
}

const keysTo = (count: number) => Array.from({ length: count }, (_, index) => `k${index}`)

const settled = () => new Promise((resolve) => setImmediate(resolve))

/** Reads all there is, each object to its end, and answers whatever is asked, the last first. */
async function readAll(objects: WatchedObjects, keys: readonly string[]): Promise<string[]> {
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
    for await (const { chunks } of readAhead(objects, listOf(keys))) {
      texts.push(Buffer.concat(await Array.fromAsync(chunks ?? [])).toString())
    }
  }
  await Promise.all([reading(), answering()])
  expect(most).toBeLessThanOrEqual(17)
  return texts
}

describe('objects that are opened ahead', () => {
  it('come in the order of their list, whichever is there first, and no more than some', async () => {
    const keys = keysTo(100)
    const objects = new WatchedObjects()
    expect(await readAll(objects, keys)).toEqual(keys)
    expect(objects.asked).toEqual(keys)
    expect(objects.open.size).toBe(0)
  })

  it('are several at once', async () => {
    const objects = new WatchedObjects()
    const reading = readAhead(objects, listOf(keysTo(100)))
    const first = reading.next()
    await settled()
    expect(objects.asked).toEqual(keysTo(16))
    objects.answer(objects.asked)
    await first
    await reading.return(undefined)
    expect(objects.open).toEqual(new Set(['k0']))
  })

  it('are let go of when the reader leaves, also those that come only then', async () => {
    const objects = new WatchedObjects()
    const reading = readAhead(objects, listOf(keysTo(100)))
    const first = reading.next()
    await settled()
    objects.answer(keysTo(8))
    const { value } = await first
    await Array.fromAsync(value?.chunks ?? [])
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
      for await (const { of, chunks } of readAhead(objects, listOf(keys))) {
        seen.push(of.key)
        await Array.fromAsync(chunks ?? [])
      }
    })()
    await settled()
    objects.answer(keys.toReversed())
    await expect(reading).rejects.toThrow(StorageTrouble)
    expect(seen).toEqual(['a'])
    expect(objects.open.size).toBe(0)
  })
})
