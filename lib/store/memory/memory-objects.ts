import type { ListedObject, Objects } from '../objects.ts'
import { StorageTrouble } from '../storage-trouble.ts'
import { Utf8SortedMap } from './utf8-sorted-map.ts'

/** A bucket in memory. It passes the same conformance suite as the bucket of S3. */
export class MemoryObjects implements Objects {
  #objects = new Utf8SortedMap<Uint8Array>()

  /** Another bucket with the same objects. */
  copy(): MemoryObjects {
    const other = new MemoryObjects()
    other.#objects = this.#objects.copy()
    return other
  }

  async put(key: string, body: Uint8Array): Promise<void> {
    checkKey(key)
    this.#objects.set(key, new Uint8Array(body))
  }

  async putStream(key: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const all: Uint8Array[] = []
    for await (const chunk of chunks) all.push(new Uint8Array(chunk))
    checkKey(key)
    this.#objects.set(key, new Uint8Array(Buffer.concat(all)))
  }

  async get(key: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const body = this.#objects.get(key)
    return body && inChunks(body)
  }

  async *list(prefix: string): AsyncGenerator<ListedObject> {
    for (const [key, body] of this.#objects.entriesBelow(prefix)) yield { key, bytes: body.length }
  }

  async *folders(prefix: string): AsyncGenerator<string> {
    const found = new Set<string>()
    for await (const { key } of this.list(prefix)) {
      const end = key.indexOf('/', prefix.length)
      if (end >= 0) found.add(key.slice(prefix.length, end))
    }
    yield* found
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#objects.delete(key)
  }
}

const maxKeyBytes = 1024

/** As from S3, what is refused comes as what can't be done. */
function checkKey(key: string): void {
  if (key !== '' && key.isWellFormed() && Buffer.byteLength(key) <= maxKeyBytes) return
  throw new StorageTrouble('Putting into memory', new Error(`S3 takes no key such as ${key}`))
}

const chunkBytes = 4096

async function* inChunks(body: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += chunkBytes) yield body.slice(at, at + chunkBytes)
}
