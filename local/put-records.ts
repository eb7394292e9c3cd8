import { setTimeout as sleep } from 'node:timers/promises'
import {
  type KinesisClient,
  PutRecordsCommand,
  type PutRecordsResultEntry,
} from '@aws-sdk/client-kinesis'
import pMap, { pMapSkip } from 'p-map'
import { untilAnswered } from '../emulator/kinesis-retry.ts'
import { compareSequenceNumbers } from '../lib/core/sequence-number.ts'
import { maxRecordBytes } from './stream-limits.ts'

export type OutgoingRecord = {
  readonly data: Uint8Array
  /** 1 to 256 characters, counted as UTF-16 units. */
  readonly partitionKey: string
}

export type RefusalReason = {
  readonly code: 'record-too-large' | 'bad-partition-key'
  readonly message: string
}

export type PutProgress = {
  /** Records that Kinesis took so far. */
  readonly records: number
  /** The data of those records. */
  readonly bytes: number
}

export type PutSummary = PutProgress & {
  /** Records that were not sent, as `onRefused` was told. */
  readonly refused: number
  readonly firstSequenceNumbers: ReadonlyMap<string, string>
  readonly lastSequenceNumbers: ReadonlyMap<string, string>
}

export type PutOptions = {
  readonly kinesis: KinesisClient
  readonly stream: string
  readonly records: AsyncIterable<OutgoingRecord>
  /** Calls under way at once. Default 4. */
  readonly concurrency?: number
  readonly onProgress?: (progress: PutProgress) => void
  /** Ends calls under way and pauses between them; then `putRecords` rejects. */
  readonly signal?: AbortSignal
  /** Awaited before more records are pulled, so that refused ones don't pile up. */
  readonly onRefused?: (record: OutgoingRecord, reason: RefusalReason) => unknown
}

/** Kinesis refused records again and again. */
export class PutRecordsFailed extends Error {
  override readonly name = 'PutRecordsFailed'
}

const maxPartitionKeyLength = 256
const maxRecordsPerCall = 500
const maxBytesPerCall = 5_000_000

const maxAttempts = 20
const retryBaseMs = 50
const retryMaxMs = 5_000

/**
 * Puts records into a stream, pulling them as fast as the stream takes them. Records that fail are
 * sent again, so a record may come out twice and neighbours may change places.
 *
 * @throws {PutRecordsFailed} when Kinesis takes some records not at all.
 */
export async function putRecords(options: PutOptions): Promise<PutSummary> {
  const tally = createTally()
  const refuse = async (record: OutgoingRecord, reason: RefusalReason) => {
    tally.refused++
    await options.onRefused?.(record, reason)
  }
  const send = async (batch: readonly OutgoingRecord[]) => {
    for (const [record, entry] of await putBatch(options, batch)) tally.count(record, entry)
    options.onProgress?.({ records: tally.records, bytes: tally.bytes })
    return pMapSkip
  }
  await pMap(batches(options.records, refuse), send, { concurrency: options.concurrency ?? 4 })
  const { records, bytes, refused, first, last } = tally
  return { records, bytes, refused, firstSequenceNumbers: first, lastSequenceNumbers: last }
}

/** Cuts the records into calls. */
async function* batches(
  records: AsyncIterable<OutgoingRecord>,
  refuse: (record: OutgoingRecord, reason: RefusalReason) => Promise<void>,
): AsyncGenerator<readonly OutgoingRecord[]> {
  let batch: OutgoingRecord[] = []
  let batchBytes = 0
  for await (const record of records) {
    const bytes = recordBytes(record)
    const reason = refusalReason(record, bytes)
    if (reason !== undefined) {
      await refuse(record, reason)
      continue
    }
    if (batch.length === maxRecordsPerCall || batchBytes + bytes > maxBytesPerCall) {
      yield batch
      batch = []
      batchBytes = 0
    }
    batch.push(record)
    batchBytes += bytes
  }
  if (batch.length > 0) yield batch
}

/** What Kinesis counts as the size of a record. */
function recordBytes({ data, partitionKey }: OutgoingRecord): number {
  return data.byteLength + Buffer.byteLength(partitionKey)
}

function refusalReason(record: OutgoingRecord, bytes: number): RefusalReason | undefined {
  const keyLength = record.partitionKey.length
  if (keyLength < 1 || keyLength > maxPartitionKeyLength) {
    const message = `the partition key has ${keyLength} characters; Kinesis takes 1 to ${maxPartitionKeyLength}`
    return { code: 'bad-partition-key', message }
  }
  if (bytes > maxRecordBytes) {
    const message = `the record has ${bytes} bytes with its partition key; Kinesis takes up to ${maxRecordBytes}`
    return { code: 'record-too-large', message }
  }
  return undefined
}

type Taken = readonly [OutgoingRecord, PutRecordsResultEntry]

/** Sends the records of one call until each is taken. */
async function putBatch(
  { kinesis, stream, signal }: PutOptions,
  batch: readonly OutgoingRecord[],
): Promise<readonly Taken[]> {
  const stoppedBy = signal === undefined ? {} : { abortSignal: signal }
  const taken: Taken[] = []
  let left = batch
  for (let attempt = 1; ; attempt++) {
    const entries = left.map(({ data, partitionKey }) => ({
      Data: data,
      PartitionKey: partitionKey,
    }))
    const command = new PutRecordsCommand({ StreamName: stream, Records: entries })
    const { Records: results = [] } = await untilAnswered(
      () => kinesis.send(command, stoppedBy),
      signal,
    )
    if (results.length !== left.length) {
      throw new Error(`Kinesis answered ${left.length} records with ${results.length} results`)
    }
    const answered = left.map((record, index): Taken => [record, results[index] ?? {}])
    const failed = answered.filter(([, result]) => result.ErrorCode !== undefined)
    taken.push(...answered.filter(([, result]) => result.ErrorCode === undefined))
    if (failed.length === 0) return taken
    left = failed.map(([record]) => record)
    if (attempt === maxAttempts) throw explainFailure(stream, attempt, failed)
    const delayMs = Math.random() * Math.min(retryMaxMs, retryBaseMs * 2 ** attempt)
    await sleep(delayMs, undefined, signal === undefined ? {} : { signal })
  }
}

function explainFailure(stream: string, attempts: number, failed: readonly Taken[]): Error {
  const { ErrorCode, ErrorMessage } = failed[0]?.[1] ?? {}
  return new PutRecordsFailed(
    `stream ${stream} did not take ${failed.length} records in ${attempts} attempts: ${ErrorCode}: ${ErrorMessage}`,
  )
}

function createTally() {
  const first = new Map<string, string>()
  const last = new Map<string, string>()
  return {
    first,
    last,
    records: 0,
    bytes: 0,
    refused: 0,
    count(record: OutgoingRecord, { ShardId, SequenceNumber }: PutRecordsResultEntry): void {
      if (ShardId === undefined || SequenceNumber === undefined) {
        throw new Error('Kinesis took a record without telling its shard and sequence number')
      }
      this.records++
      this.bytes += record.data.byteLength
      const lowest = first.get(ShardId)
      if (lowest === undefined || compareSequenceNumbers(SequenceNumber, lowest) < 0) {
        first.set(ShardId, SequenceNumber)
      }
      const highest = last.get(ShardId)
      if (highest === undefined || compareSequenceNumbers(SequenceNumber, highest) > 0) {
        last.set(ShardId, SequenceNumber)
      }
    },
  }
}
