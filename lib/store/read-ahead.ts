import { pMapIterable } from 'p-map'
import { letGo, type Objects } from './objects.ts'

export interface OpenedObject<Of> {
  /** The object as it was named. */
  readonly of: Of
  /** As from `Objects.get`; to be read, or let go of, before the next object is taken. */
  readonly chunks: AsyncIterable<Uint8Array> | undefined
}

/** At 25 ms until an object's first byte, one processor has enough to read with so many. */
const openedAhead = 16

/**
 * Objects in the order of their list, some of them opened ahead, since each takes its time to begin
 * and an hour has thousands. Of one that is open and waits, memory holds what its connection does.
 * Those that nobody comes to read are let go of. Throws StorageTrouble.
 */
export async function* readAhead<Of extends { readonly key: string }>(
  objects: Pick<Objects, 'get'>,
  listed: AsyncIterable<Of>,
): AsyncGenerator<OpenedObject<Of>> {
  const waiting = new Set<AsyncIterable<Uint8Array>>()
  let isLeft = false
  const open = async (of: Of): Promise<OpenedObject<Of>> => {
    const chunks = await objects.get(of.key)
    if (chunks !== undefined && isLeft) await letGo(chunks)
    else if (chunks !== undefined) waiting.add(chunks)
    return { of, chunks }
  }
  try {
    for await (const opened of pMapIterable(listed, open, { concurrency: openedAhead })) {
      if (opened.chunks !== undefined) waiting.delete(opened.chunks)
      yield opened
    }
  } finally {
    isLeft = true
    await Promise.all([...waiting].map(letGo))
  }
}
