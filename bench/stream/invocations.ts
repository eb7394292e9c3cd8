import type { KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda'
import { madeLines } from '../made-lines.ts'
import { firstDayMs } from '../made-purchases.ts'
import { aggregatedRecord } from './aggregated-record.ts'

/** How events come to the stream function. */
export interface InvocationShape {
  readonly name: string
  /** Of more than one, a record is one that the Kinesis Producer Library aggregated. */
  readonly eventsPerRecord: number
  readonly eventsPerBatch: number
}

export const invocationShapes: readonly InvocationShape[] = [
  { name: 'single, 1,000', eventsPerRecord: 1, eventsPerBatch: 1_000 },
  { name: 'single, 10,000', eventsPerRecord: 1, eventsPerBatch: 10_000 },
  { name: 'KPL, 10,000', eventsPerRecord: 100, eventsPerBatch: 10_000 },
]

/** At so many a second they are dated, which tells how many keys and minutes a batch has. */
const eventsPerSecond = 1_000

const firstSequenceNumber =
  49_600_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000n

/** What Lambda hands to the function, batch by batch: objects that were read from JSON text. */
export async function invocations(
  shape: InvocationShape,
  events: number,
  seed: number,
): Promise<readonly KinesisStreamEvent[]> {
  const recordsPerBatch = Math.ceil(shape.eventsPerBatch / shape.eventsPerRecord)
  const batches: KinesisStreamEvent[] = []
  let records: KinesisStreamRecord[] = []
  const endBatch = () => {
    batches.push(JSON.parse(JSON.stringify({ Records: records })) as KinesisStreamEvent)
    records = []
  }
  for await (const [at, data] of numberedRecords(shape, events, seed)) {
    records.push(recordOf(at, (at * shape.eventsPerRecord) / eventsPerSecond, data))
    if (records.length === recordsPerBatch) endBatch()
  }
  if (records.length > 0) endBatch()
  return batches
}

async function* numberedRecords(
  { eventsPerRecord }: InvocationShape,
  events: number,
  seed: number,
): AsyncGenerator<readonly [number, Uint8Array]> {
  const spanMs = (events / eventsPerSecond) * 1000
  let record = 0
  let lines: Uint8Array[] = []
  for (const line of madeLines({ events, seed, spanMs })) {
    lines.push(line)
    if (lines.length < eventsPerRecord) continue
    yield [record++, eventsPerRecord === 1 ? line : await aggregatedRecord(lines)]
    lines = []
  }
  if (lines.length > 0) yield [record, await aggregatedRecord(lines)]
}

function recordOf(at: number, sinceStartSeconds: number, data: Uint8Array): KinesisStreamRecord {
  const sequenceNumber = String(firstSequenceNumber + BigInt(at))
  const shard = 'shardId-000000000000'
  return {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: String(at % 1000),
      sequenceNumber,
      data: Buffer.from(data).toString('base64'),
      // After the last of its events, which may be a second ahead of the first.
      approximateArrivalTimestamp: firstDayMs / 1000 + sinceStartSeconds + 1,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `${shard}:${sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: 'arn:aws:iam::000000000000:role/stream-aggregate',
    awsRegion: 'us-east-1',
    eventSourceARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/purchases',
  }
}
