import { pMapIterable } from 'p-map'
import type { Lines } from '../core/index.ts'
import type { LineCodec } from './line-codec.ts'
import { type ListedObject, letGo, type Objects } from './objects.ts'

export interface ReadLines<Of> {
  /** The object as it was named. */
  readonly of: Of
  /** Some of its lines, or all of them; undefined where there is no such object. */
  readonly lines: Lines | undefined
}

/** At 25 ms until an object's first byte, one processor has enough to read with so many. */
const openedAhead = 16

/** An object that is no larger is read and decompressed ahead, if it comes to no more than `maxTextBytes`. */
export const maxBodyBytes = 256 * 1024
/** With `maxBodyBytes`, what is read ahead comes to 36 MiB at most. */
export const maxTextBytes = 2 * 1024 * 1024

/** What is there of an object whose turn has not come. */
interface Opened<Of> {
  readonly of: Of
  readonly whole?: Lines | undefined
  readonly chunks?: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

/**
 * The lines of objects, in the order of their list. Sixteen objects are opened ahead, since each takes
 * its time to begin and an hour has thousands. Small ones are decompressed ahead too, on other
 * threads, and come as one chunk of lines. Of a large one that is open and waits, memory holds what
 * its connection does. Those that nobody comes to read are let go of. Throws StorageTrouble.
 */
export async function* readAhead<Of extends ListedObject>(
  objects: Pick<Objects, 'get'>,
  codec: Pick<LineCodec, 'decode' | 'decodeWhole'>,
  listed: AsyncIterable<Of>,
): AsyncGenerator<ReadLines<Of>> {
  const waiting = new Set<AsyncIterable<Uint8Array>>()
  let isLeft = false
  const open = async (of: Of): Promise<Opened<Of>> => {
    const chunks = await objects.get(of.key)
    if (chunks === undefined) return { of }
    if (isLeft) {
      await letGo(chunks)
      return { of }
    }
    if (of.bytes > maxBodyBytes) {
      waiting.add(chunks)
      return { of, chunks }
    }
    const body = Buffer.concat(await Array.fromAsync(chunks))
    return { of, whole: await codec.decodeWhole(of.key, body, maxTextBytes), chunks: [body] }
  }
  try {
    for await (const opened of pMapIterable(listed, open, { concurrency: openedAhead })) {
      const { of, whole, chunks } = opened
      if (whole !== undefined || chunks === undefined) {
        yield { of, lines: whole }
        continue
      }
      for await (const lines of codec.decode(of.key, chunks)) yield { of, lines }
      if (Symbol.asyncIterator in chunks) waiting.delete(chunks)
    }
  } finally {
    isLeft = true
    await Promise.all([...waiting].map(letGo))
  }
}
