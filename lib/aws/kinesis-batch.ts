import type { KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda'
import { unpackKplRecord } from './kpl-record.ts'

/** One event as a producer sent it, and where it came in the stream. */
export interface StreamRecord {
  readonly sequenceNumber: string
  /** The place within a record that the Kinesis Producer Library aggregated; else 0. */
  readonly subSequenceNumber: number
  readonly arrivedMs: number
  readonly data: Uint8Array
}

/** The records of one invocation: all of one shard, in the order of their sequence numbers. */
export interface KinesisBatch {
  readonly shard: string
  readonly firstSequenceNumber: string
  readonly lastSequenceNumber: string
  /** When the last record arrived in the stream. */
  readonly arrivedMs: number
  readonly records: readonly StreamRecord[]
}

/** Throws where the event is not one of a Kinesis event source mapping, or mixes shards. */
export function readKinesisBatch(event: KinesisStreamEvent): KinesisBatch {
  const [first] = event.Records
  const last = event.Records.at(-1)
  if (first === undefined || last === undefined) throw new Error('The batch holds no record')
  const shard = shardOf(first)
  if (event.Records.some((record) => shardOf(record) !== shard)) {
    throw new Error('The batch holds records of more than one shard')
  }
  return {
    shard,
    firstSequenceNumber: first.kinesis.sequenceNumber,
    lastSequenceNumber: last.kinesis.sequenceNumber,
    arrivedMs: Math.round(last.kinesis.approximateArrivalTimestamp * 1000),
    records: event.Records.flatMap(unpack),
  }
}

function shardOf({ eventID }: KinesisStreamRecord): string {
  const [shard = '', sequenceNumber] = eventID.split(':')
  if (shard === '' || sequenceNumber === undefined) {
    throw new Error(`The event is not a record of a stream: ${eventID}`)
  }
  return shard
}

function unpack({ kinesis }: KinesisStreamRecord): StreamRecord[] {
  const data = Buffer.from(kinesis.data, 'base64')
  const payloads = unpackKplRecord(data) ?? [data]
  return payloads.map((payload, subSequenceNumber) => ({
    sequenceNumber: kinesis.sequenceNumber,
    subSequenceNumber,
    arrivedMs: Math.round(kinesis.approximateArrivalTimestamp * 1000),
    data: payload,
  }))
}
