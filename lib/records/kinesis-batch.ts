import type { KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda'
import { type DecodedBatch, type Definition, decodeBatch, Lines } from '../core/index.ts'
import { compareSequenceNumbers } from '../core/sequence-number.ts'
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

/**
 * Throws where the event is not one of a Kinesis event source mapping, mixes shards, or is out of
 * order: exactly-once rests on all of it. What a record's data is does not matter here. All data
 * stands in one buffer, as a decoder of batches wants it.
 */
export function readKinesisBatch(event: KinesisStreamEvent): KinesisBatch {
  if (!Array.isArray(event?.Records)) throw new Error('The event is not one of a stream')
  const buffer = Buffer.allocUnsafeSlow(base64Bytes(event.Records))
  let at = 0
  const places = event.Records.map((record) => {
    const place = readPlace(record, buffer.subarray(at))
    at += place.data.length
    return place
  })
  const [first] = places
  const last = places.at(-1)
  if (first === undefined || last === undefined) throw new Error('The batch holds no record')
  for (const [at, place] of places.entries()) {
    if (place.shard !== first.shard) {
      throw new Error('The batch holds records of more than one shard')
    }
    const before = places[at - 1]
    if (before && compareSequenceNumbers(before.sequenceNumber, place.sequenceNumber) >= 0) {
      throw new Error(`The batch is out of order at ${place.sequenceNumber}`)
    }
  }
  return {
    shard: first.shard,
    firstSequenceNumber: first.sequenceNumber,
    lastSequenceNumber: last.sequenceNumber,
    arrivedMs: last.arrivedMs,
    records: places.flatMap(unpack),
  }
}

/**
 * What a definition makes of records, a line each. The clock that bounds how far ahead an event may
 * be dated is the record's arrival, which is the same at every delivery, so that a record is not
 * refused once and taken another time.
 */
export function decodeRecords(
  definition: Definition,
  records: readonly StreamRecord[],
): DecodedBatch {
  const lines = Lines.of(records.map(({ data }) => data))
  return decodeBatch(
    definition,
    lines,
    records.map(({ arrivedMs }) => arrivedMs),
  )
}

/** A record of the stream, with the user records in it still packed. */
interface Place {
  readonly shard: string
  readonly sequenceNumber: string
  readonly arrivedMs: number
  readonly data: Buffer
}

// As Kinesis names shards: no name may be that of another lane, or hold a delimiter of ours.
const eventIdPattern = /^(shardId-[\w.-]+):\d+$/
const sequenceNumberPattern = /^\d{1,129}$/

/** The end of the year 9999, the last that a date's name has room for. */
const maxArrivedMs = 253_402_300_799_999

function readPlace({ eventID, kinesis }: KinesisStreamRecord, room: Buffer): Place {
  const [, shard] = eventIdPattern.exec(eventID) ?? []
  if (shard === undefined) {
    throw new Error(`The event is not a record of a stream: ${eventID}`)
  }
  const { sequenceNumber, approximateArrivalTimestamp, data } = kinesis
  if (!sequenceNumberPattern.test(sequenceNumber)) {
    throw new Error(`The record ${eventID} has no sequence number`)
  }
  const arrivedMs = Math.round(approximateArrivalTimestamp * 1000)
  if (!(arrivedMs >= 0 && arrivedMs <= maxArrivedMs)) {
    throw new Error(`The record ${eventID} has no time of arrival`)
  }
  return { shard, sequenceNumber, arrivedMs, data: readBase64(data, eventID, room) }
}

/** Room enough for the data of all records, whatever it is. */
function base64Bytes(records: readonly KinesisStreamRecord[]): number {
  const characters = (record: KinesisStreamRecord) => record?.kinesis?.data?.length ?? 0
  return records.reduce((total, record) => total + Math.ceil(characters(record) / 4) * 3, 0)
}

/**
 * Reads into the room's beginning. Throws where a character would be passed over, since the record
 * could not be kept as it came.
 */
function readBase64(text: string, eventID: string, room: Buffer): Buffer {
  const data = room.subarray(0, room.write(text, 'base64'))
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  if (data.length !== (text.length / 4) * 3 - padding) {
    throw new Error(`The data of the record ${eventID} is not base64`)
  }
  return data
}

function unpack({ sequenceNumber, arrivedMs, data }: Place): StreamRecord[] {
  const payloads = unpackKplRecord(data) ?? [data]
  return payloads.map((payload, subSequenceNumber) => {
    return { sequenceNumber, subSequenceNumber, arrivedMs, data: payload }
  })
}
