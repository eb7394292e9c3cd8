import type { KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda'
import { type DecodedBatch, type Definition, decodeBatch } from '../core/index.ts'
import { compareSequenceNumbers } from '../core/sequence-number.ts'
import { RecordRoom } from './record-room.ts'
import type { StreamRecords } from './stream-records.ts'

/** The records of one invocation: all of one shard, in the order of their sequence numbers. */
export interface KinesisBatch {
  readonly shard: string
  readonly firstSequenceNumber: string
  readonly lastSequenceNumber: string
  /** When the last record arrived in the stream. */
  readonly arrivedMs: number
  readonly records: StreamRecords
}

/**
 * Throws where the event is not one of a Kinesis event source mapping, mixes shards, or is out of
 * order: exactly-once rests on all of it. What a record's data is does not matter here.
 */
export function readKinesisBatch(event: KinesisStreamEvent): KinesisBatch {
  if (!Array.isArray(event?.Records)) throw new Error('The event is not one of a stream')
  const { Records } = event
  const [first] = Records
  if (first === undefined) throw new Error('The batch holds no record')
  const shard = readShard(first)
  const room = new RecordRoom(base64Bytes(Records), Records.length)
  let before: string | undefined
  let arrivedMs = 0
  for (const record of Records) {
    checkShard(record, shard)
    const sequenceNumber = readSequenceNumber(record)
    if (before !== undefined && compareSequenceNumbers(before, sequenceNumber) >= 0) {
      throw new Error(`The batch is out of order at ${sequenceNumber}`)
    }
    before = sequenceNumber
    arrivedMs = readArrival(record)
    if (!room.add(record.kinesis.data, sequenceNumber, arrivedMs)) {
      throw new Error(`The data of the record ${record.eventID} is not base64`)
    }
  }
  return {
    shard,
    firstSequenceNumber: first.kinesis.sequenceNumber,
    lastSequenceNumber: before as string,
    arrivedMs,
    records: room.records(),
  }
}

/**
 * What a definition makes of records. The clock that bounds how far ahead an event may be dated is
 * the record's arrival, which is the same at every delivery, so that a record is not refused once
 * and taken another time.
 */
export const decodeRecords = (
  definition: Definition,
  { lines, arrivedMs }: StreamRecords,
): DecodedBatch => decodeBatch(definition, lines, arrivedMs)

// As Kinesis names shards: no name may be that of another lane, or hold a delimiter of ours.
const eventIdPattern = /^(shardId-[\w.-]+):\d+$/
const sequenceNumberPattern = /^\d{1,129}$/

/** The end of the year 9999, the last that a date's name has room for. */
const maxArrivedMs = 253_402_300_799_999

function readShard({ eventID }: KinesisStreamRecord): string {
  const [, shard] = eventIdPattern.exec(eventID) ?? []
  if (shard === undefined) {
    throw new Error(`The event is not a record of a stream: ${eventID}`)
  }
  return shard
}

/** An id is usually made of the shard and a sequence number that is looked at by itself. */
function checkShard(record: KinesisStreamRecord, shard: string): void {
  const { eventID, kinesis } = record
  const isUsual =
    eventID.length === shard.length + 1 + kinesis.sequenceNumber.length &&
    eventID.startsWith(shard) &&
    eventID[shard.length] === ':' &&
    eventID.endsWith(kinesis.sequenceNumber)
  if (!isUsual && readShard(record) !== shard) {
    throw new Error('The batch holds records of more than one shard')
  }
}

function readSequenceNumber({ eventID, kinesis: { sequenceNumber } }: KinesisStreamRecord): string {
  if (!sequenceNumberPattern.test(sequenceNumber)) {
    throw new Error(`The record ${eventID} has no sequence number`)
  }
  return sequenceNumber
}

function readArrival({ eventID, kinesis }: KinesisStreamRecord): number {
  const arrivedMs = Math.round(kinesis.approximateArrivalTimestamp * 1000)
  if (!(arrivedMs >= 0 && arrivedMs <= maxArrivedMs)) {
    throw new Error(`The record ${eventID} has no time of arrival`)
  }
  return arrivedMs
}

/** Room enough for the data of all records, whatever it is. */
function base64Bytes(records: readonly KinesisStreamRecord[]): number {
  let bytes = 0
  for (const record of records) bytes += Math.ceil((record?.kinesis?.data?.length ?? 0) / 4) * 3
  return bytes
}
