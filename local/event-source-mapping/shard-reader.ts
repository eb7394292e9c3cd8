import { setTimeout as sleep } from 'node:timers/promises'
import {
  ExpiredIteratorException,
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
  type KinesisClient,
} from '@aws-sdk/client-kinesis'
import { untilAnswered } from '../kinesis-retry.ts'
import { payloadSizer, type RecordSource, type StreamRecord } from './stream-record.ts'

/** Lambda's limit for the event of one invocation, as JSON. */
const maxPayloadBytes = 6 * 1024 * 1024

const emptyPayloadBytes = '{"Records":[]}'.length

/**
 * The real Kinesis ends an answer at 10 MB; the embedded one at nothing, and a text of half a
 * gigabyte ends it. So the next request asks for as many records of the last size as fit.
 */
const wantedAnswerBytes = 4 * 1024 * 1024
const firstLimit = 100
const maxLimit = 10_000

export type ShardReaderOptions = {
  readonly kinesis: KinesisClient
  readonly stream: string
  readonly source: RecordSource
  /** Start after this sequence number; from the oldest record when `undefined`. */
  readonly after: string | undefined
  readonly batchSize: number
  readonly batchWindowMs: number
  readonly idlePollMs: number
  readonly signal: AbortSignal
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

type SizedRecord = { readonly record: StreamRecord; readonly payloadBytes: number }

export function createShardReader(options: ShardReaderOptions): ShardReader {
  const { batchSize, batchWindowMs } = options
  const cursor = createCursor(options)
  const sizeOf = payloadSizer(options.source)
  let buffer: SizedRecord[] = []
  let bufferedBytes = 0
  let fetching: Promise<void> | undefined

  function isFull(): boolean {
    return buffer.length >= batchSize || bufferedBytes >= maxPayloadBytes
  }

  async function fetch(): Promise<void> {
    for (const record of await cursor.next()) {
      const payloadBytes = sizeOf(record)
      buffer.push({ record, payloadBytes })
      bufferedBytes += payloadBytes
    }
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
    let deadline = buffer.length > 0 ? performance.now() + batchWindowMs : undefined
    while (!isFull() && !cursor.atEnd()) {
      if (deadline === undefined) {
        await fetchAhead()
        if (buffer.length > 0) deadline = performance.now() + batchWindowMs
        continue
      }
      const leftMs = deadline - performance.now()
      if (leftMs <= 0) return
      await atMost(leftMs, fetchAhead())
    }
  }

  function cut(): readonly StreamRecord[] {
    let bytes = emptyPayloadBytes
    let count = 0
    for (const { payloadBytes } of buffer.slice(0, batchSize)) {
      // A record that fills the payload by itself still has to go somewhere.
      if (count > 0 && bytes + payloadBytes > maxPayloadBytes) break
      bytes += payloadBytes
      count++
    }
    const batch = buffer.slice(0, count)
    buffer = buffer.slice(count)
    bufferedBytes = buffer.reduce((sum, { payloadBytes }) => sum + payloadBytes, 0)
    return batch.map(({ record }) => record)
  }

  return {
    take: async () => {
      await fillBuffer()
      if (buffer.length === 0) return undefined
      const batch = cut()
      // The next records come in while the function works on these.
      if (!isFull() && !cursor.atEnd()) fetchAhead()
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

/** Reads a shard request by request, at most one every `idlePollMs` while there is nothing new. */
function createCursor(options: ShardReaderOptions) {
  const { kinesis, stream, signal } = options
  let iterator: string | undefined
  let after = options.after
  let limit = firstLimit
  let millisBehindLatest = 0
  let caughtUp = false
  let ended = false

  async function openIterator(): Promise<string> {
    const command = new GetShardIteratorCommand({
      StreamName: stream,
      ShardId: options.source.shardId,
      ...(after === undefined
        ? { ShardIteratorType: 'TRIM_HORIZON' }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: after }),
    })
    const answer = await untilAnswered(() => kinesis.send(command, { abortSignal: signal }), signal)
    if (answer.ShardIterator === undefined) throw new Error('Kinesis gave no shard iterator')
    return answer.ShardIterator
  }

  /** `undefined` when the iterator is too old, as after a long invocation. */
  async function request(ShardIterator: string): Promise<GetRecordsCommandOutput | undefined> {
    const command = new GetRecordsCommand({ ShardIterator, Limit: limit })
    try {
      return await untilAnswered(() => kinesis.send(command, { abortSignal: signal }), signal)
    } catch (error) {
      if (error instanceof ExpiredIteratorException) return undefined
      throw error
    }
  }

  return {
    atEnd: () => ended,
    millisBehindLatest: () => millisBehindLatest,
    async next(): Promise<readonly StreamRecord[]> {
      if (caughtUp) await sleep(options.idlePollMs, undefined, { signal })
      iterator ??= await openIterator()
      const answer = await request(iterator)
      if (answer === undefined) {
        iterator = undefined
        return []
      }
      const records = (answer.Records ?? []).map(toStreamRecord)
      iterator = answer.NextShardIterator
      ended = iterator === undefined
      after = records.at(-1)?.sequenceNumber ?? after
      millisBehindLatest = answer.MillisBehindLatest ?? 0
      caughtUp = records.length < limit && millisBehindLatest === 0
      limit = nextLimit(limit, records)
      return records
    },
  }
}

function nextLimit(limit: number, records: readonly StreamRecord[]): number {
  if (records.length === 0) return limit
  const bytes = records.reduce((sum, { data }) => sum + data.length + 200, 0)
  const fitting = Math.floor(wantedAnswerBytes / (bytes / records.length))
  // An answer that was not full tells nothing about how many could come at once.
  const grown = records.length < limit ? limit : 4 * limit
  return Math.max(1, Math.min(maxLimit, grown, fitting))
}

function toStreamRecord(record: {
  SequenceNumber?: string | undefined
  PartitionKey?: string | undefined
  Data?: Uint8Array | undefined
  ApproximateArrivalTimestamp?: Date | undefined
}): StreamRecord {
  const { SequenceNumber, PartitionKey, Data, ApproximateArrivalTimestamp } = record
  if (SequenceNumber === undefined || PartitionKey === undefined || Data === undefined) {
    throw new Error('Kinesis gave a record without sequence number, partition key or data')
  }
  return {
    sequenceNumber: SequenceNumber,
    partitionKey: PartitionKey,
    data: Buffer.from(Data.buffer, Data.byteOffset, Data.byteLength).toString('base64'),
    arrivalMs: ApproximateArrivalTimestamp?.getTime() ?? 0,
  }
}
