import { createBatchBuffer } from './batch-buffer.ts'
import { createShardCursor, type ShardCursorOptions } from './shard-cursor.ts'
import type { RecordSource, StreamRecord } from './stream-record.ts'

export type ShardReaderOptions = Omit<ShardCursorOptions, 'shardId'> & {
  readonly source: RecordSource
  readonly batchSize: number
  readonly batchWindowMs: number
}

export type ShardReader = {
  /**
   * The next records in order: as soon as there are `batchSize` or a payload full of them, or
   * `batchWindowMs` after the first one was there. `undefined` at the end of a closed shard.
   */
  take(): Promise<readonly StreamRecord[] | undefined>
  /** How far the last answer was behind the newest record of the shard, as Kinesis tells it. */
  millisBehindLatest(): number
}

export function createShardReader(options: ShardReaderOptions): ShardReader {
  const { batchSize, batchWindowMs, source } = options
  const cursor = createShardCursor({ ...options, shardId: source.shardId })
  const buffer = createBatchBuffer(source, batchSize)
  let fetching: Promise<void> | undefined

  async function fetch(): Promise<void> {
    buffer.add(await cursor.next())
  }

  /** Starts a request unless one is under way; its failure is for whoever waits for it. */
  function fetchAhead(): Promise<void> {
    if (fetching === undefined) {
      fetching = fetch().finally(() => {
        fetching = undefined
      })
      fetching.catch(() => {})
    }
    return fetching
  }

  async function fillBuffer(): Promise<void> {
    while (buffer.isEmpty() && !cursor.atEnd()) await fetchAhead()
    const deadline = performance.now() + batchWindowMs
    while (!buffer.isFull() && !cursor.atEnd()) {
      const leftMs = deadline - performance.now()
      if (leftMs <= 0) return
      await atMost(leftMs, fetchAhead())
    }
  }

  return {
    take: async () => {
      await fillBuffer()
      if (buffer.isEmpty()) return undefined
      const batch = buffer.cut()
      // The next records come in while the function works on these.
      if (!buffer.isFull() && !cursor.atEnd()) fetchAhead()
      return batch
    },
    millisBehindLatest: cursor.millisBehindLatest,
  }
}

/** Waits for the work, but no longer than this; the work goes on. */
async function atMost(timeoutMs: number, work: Promise<void>): Promise<void> {
  const timer = Promise.withResolvers<void>()
  const handle = setTimeout(timer.resolve, timeoutMs)
  try {
    await Promise.race([work, timer.promise])
  } finally {
    clearTimeout(handle)
  }
}
