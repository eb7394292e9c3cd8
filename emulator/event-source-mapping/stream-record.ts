import type { KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda'
import { localAccountId } from '../identity.ts'

/** A record of the stream as the mapping holds it. */
export type StreamRecord = {
  readonly sequenceNumber: string
  readonly partitionKey: string
  /** The data in base64, as the event carries it. */
  readonly data: string
  readonly arrivalMs: number
}

/** Where records come from, as events name it. */
export type RecordSource = {
  readonly shardId: string
  readonly streamArn: string
  readonly region: string
}

/** The event that Lambda would call the function with. */
export function kinesisEvent(
  source: RecordSource,
  records: readonly StreamRecord[],
): KinesisStreamEvent {
  return { Records: records.map((record) => eventRecord(source, record)) }
}

function eventRecord(source: RecordSource, record: StreamRecord): KinesisStreamRecord {
  return {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: record.partitionKey,
      sequenceNumber: record.sequenceNumber,
      data: record.data,
      approximateArrivalTimestamp: record.arrivalMs / 1000,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `${source.shardId}:${record.sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: `arn:aws:iam::${localAccountId}:role/function`,
    awsRegion: source.region,
    eventSourceARN: source.streamArn,
  }
}

/**
 * How many bytes a record adds to the event as JSON, with its comma. Lambda's payload limit is
 * about these, and writing the JSON of every record twice would cost more than the rest.
 */
export function payloadSizer(source: RecordSource): (record: StreamRecord) => number {
  const bare = eventRecord(source, { sequenceNumber: '', partitionKey: '', data: '', arrivalMs: 0 })
  // The bare record already has the two quotes of the partition key and the 0 of the arrival time.
  const fixedBytes = Buffer.byteLength(JSON.stringify(bare)) - 2 - 1 + ','.length
  return (record) =>
    fixedBytes +
    2 * record.sequenceNumber.length +
    Buffer.byteLength(JSON.stringify(record.partitionKey)) +
    record.data.length +
    String(record.arrivalMs / 1000).length
}
