import type { ListedObject, Objects } from '../../lib/aws/objects.ts'

/** A bucket in memory. It passes the same conformance suite as the bucket of S3. */
export class MemoryObjects implements Objects {
  readonly #objects = new Map<string, Uint8Array>()

  /** Another bucket with the same objects. */
  copy(): MemoryObjects {
    const other = new MemoryObjects()
    for (const [key, body] of this.#objects) other.#objects.set(key, body)
    return other
  }

  async put(key: string, body: Uint8Array): Promise<void> {
    this.#objects.set(key, Uint8Array.from(body))
  }

  async putStream(key: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const all: Uint8Array[] = []
    for await (const chunk of chunks) all.push(chunk)
    this.#objects.set(key, Buffer.concat(all))
  }

  async get(key: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const body = this.#objects.get(key)
    return body && inChunks(body)
  }

  async *list(prefix: string): AsyncGenerator<ListedObject> {
    const keys = [...this.#objects.keys()].filter((key) => key.startsWith(prefix))
    for (const key of keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
      yield { key, bytes: this.#objects.get(key)?.length ?? 0 }
    }
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

const chunkBytes = 4096

async function* inChunks(body: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += chunkBytes) yield body.slice(at, at + chunkBytes)
}
