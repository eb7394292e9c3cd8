import type { MemoryObjects } from '../../lib/store/memory/memory-objects.ts'
import type { ListedObject, Objects } from '../../lib/store/objects.ts'
import { StorageTrouble } from '../../lib/store/storage-trouble.ts'
import type { SeededRandom } from '../data/seeded-random.ts'
import type { Process } from './process.ts'
import type { Request, Wire } from './wire.ts'

export interface SimulatedObjectsOptions {
  readonly objects: MemoryObjects
  readonly process: Process
  readonly wire: Wire
  readonly random: SeededRandom
}

/** A bucket as one process sees it, behind the wire. */
export function simulatedObjects(options: SimulatedObjectsOptions): Objects {
  const { objects, process, wire, random } = options
  const send = <Answer>(request: Omit<Request<Answer>, 'store'>) =>
    wire.send(process, { store: 'bucket', ...request })
  const put = (key: string, body: Uint8Array) =>
    send({
      kind: 'write',
      doing: `put ${key}`,
      objectKey: key,
      apply: () => objects.put(key, body),
    })
  return {
    put,

    async putStream(key, chunks) {
      await put(key, Buffer.concat(await Array.fromAsync(chunks)))
    },

    get: (key) =>
      send({
        kind: 'read',
        doing: `get ${key}`,
        apply: () => objects.get(key),
        cutShort: async () => brokenOff(await objects.get(key)),
      }),

    async *list(prefix) {
      let after = ''
      for (;;) {
        const size = random.pick([1, 3, 1000])
        const page = await send({
          kind: 'read',
          doing: `list ${prefix}`,
          apply: () => pageOf(objects, prefix, after, size),
        })
        yield* page
        if (page.length < size) return
        after = page.at(-1)?.key ?? after
      }
    },

    folders() {
      throw new Error('No function asks for folders')
    },

    async delete(keys) {
      if (keys.length === 0) return
      const some = () => random.shuffled(keys).slice(0, random.below(keys.length))
      await send({
        kind: 'write',
        doing: `delete ${keys.join(', ')}`,
        apply: () => objects.delete(keys),
        ...(keys.length > 1 && { applyInPart: () => objects.delete(some()) }),
      })
    },
  }
}

/** Half of the bytes, and then an error. */
async function* brokenOff(
  chunks: AsyncIterable<Uint8Array> | undefined,
): AsyncGenerator<Uint8Array> {
  const all = Buffer.concat(await Array.fromAsync(chunks ?? []))
  yield all.subarray(0, all.length >> 1)
  throw new StorageTrouble('Reading an object', new Error('the connection was reset'))
}

async function pageOf(
  objects: MemoryObjects,
  prefix: string,
  after: string,
  size: number,
): Promise<ListedObject[]> {
  const all = await Array.fromAsync(objects.list(prefix))
  return all.filter(({ key }) => key > after).slice(0, size)
}
