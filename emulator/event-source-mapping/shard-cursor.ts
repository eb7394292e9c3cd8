import { setTimeout as sleep } from 'node:timers/promises'
import {
  ExpiredIteratorException,
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
  type KinesisClient,
  type _Record as KinesisRecord,
} from '@aws-sdk/client-kinesis'
import { untilAnswered } from '../kinesis-retry.ts'
import type { StreamRecord } from './stream-record.ts'

/**
 * The real Kinesis ends an answer at 10 MB; the embedded one at nothing, and a text of half a
 * gigabyte ends it. So the next request asks for as many records of the last size as fit.
 */
const wantedAnswerBytes = 4 * 1024 * 1024
const firstLimit = 100
const maxLimit = 10_000

/** What a record weighs in an answer beside its data. */
const recordOverheadBytes = 200

export type ShardCursorOptions = {
  readonly kinesis: KinesisClient
  readonly stream: string
  readonly shardId: string
  /** Start after this sequence number; from the oldest record when `undefined`. */
  readonly after: string | undefined
  /** The pause before a request when the last one found everything. */
  readonly idlePollMs: number
  readonly signal: AbortSignal
}

export type ShardCursor = {
  /** The records of one request, in order; there may be none. */
  next(): Promise<readonly StreamRecord[]>
  /** The shard is closed and everything in it was read. */
  atEnd(): boolean
  /** How far the last answer was behind the newest record of the shard, as Kinesis tells it. */
  millisBehindLatest(): number
}

/** Reads a shard request by request. */
export function createShardCursor(options: ShardCursorOptions): ShardCursor {
  const { kinesis, stream, shardId, signal } = options
  let iterator: string | undefined
  let after = options.after
  let limit = firstLimit
  let millisBehindLatest = 0
  let caughtUp = false
  let ended = false

  async function openIterator(): Promise<string> {
    const command = new GetShardIteratorCommand({
      StreamName: stream,
      ShardId: shardId,
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
  const bytes = records.reduce((sum, { data }) => sum + data.length + recordOverheadBytes, 0)
  const fitting = Math.floor(wantedAnswerBytes / (bytes / records.length))
  // An answer that was not full tells nothing about how many could come at once.
  const grown = records.length < limit ? limit : 4 * limit
  return Math.max(1, Math.min(maxLimit, grown, fitting))
}

function toStreamRecord(record: KinesisRecord): StreamRecord {
  const { SequenceNumber, PartitionKey, Data, ApproximateArrivalTimestamp } = record
  if (
    SequenceNumber === undefined ||
    PartitionKey === undefined ||
    Data === undefined ||
    ApproximateArrivalTimestamp === undefined
  ) {
    throw new Error('Kinesis gave a record that lacks a part')
  }
  return {
    sequenceNumber: SequenceNumber,
    partitionKey: PartitionKey,
    data: Buffer.from(Data.buffer, Data.byteOffset, Data.byteLength).toString('base64'),
    arrivalMs: ApproximateArrivalTimestamp.getTime(),
  }
}
