import type { KinesisStreamEvent } from 'aws-lambda'
import { prefixes } from '../contract/prefixes.ts'
import type { Objects } from '../store/objects.ts'
import { UnexpectedContent } from '../store/unexpected-content.ts'
import { type KinesisBatch, readKinesisBatch } from './kinesis-batch.ts'

/** A batch that was given up, with the object that it is kept in. */
export interface FailedBatch {
  readonly batch: KinesisBatch
  /** The object as it is. */
  readonly body: Uint8Array
}

/**
 * Batches that Lambda gave up on, kept whole until they are redriven, one object each:
 * `aws/lambda/<mapping>/<shard>/2026/11/22/2026-11-22T10.26.05-<random UUID>`. Lambda chose the name.
 */
export interface FailedBatches {
  /** The names of their objects. */
  list(): AsyncIterable<string>
  /** Undefined where the object is there no more. Throws UnexpectedContent, StorageTrouble. */
  read(objectKey: string): Promise<FailedBatch | undefined>
}

export function createFailedBatches(objects: Pick<Objects, 'list' | 'get'>): FailedBatches {
  return {
    async *list() {
      for await (const { key } of objects.list(prefixes.failedBatches)) yield key
    },

    async read(objectKey) {
      const chunks = await objects.get(objectKey)
      if (chunks === undefined) return undefined
      const body = Buffer.concat(await Array.fromAsync(chunks))
      const payload = payloadOf(objectKey, parseJson(objectKey, body.toString()))
      return { batch: batchIn(objectKey, parseJson(objectKey, payload)), body }
    },
  }
}

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null

function parseJson(objectKey: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new UnexpectedContent(objectKey, 'is not the JSON of a batch that was given up', cause)
  }
}

/** The event that the function was called with, as JSON text. */
function payloadOf(objectKey: string, record: unknown): string {
  if (!isFields(record)) throw new UnexpectedContent(objectKey, 'is no object of JSON')
  if (typeof record.payload === 'string') return record.payload
  const { shardId, startSequenceNumber, endSequenceNumber } = isFields(record.KinesisBatchInfo)
    ? record.KinesisBatchInfo
    : {}
  const remedy =
    typeof shardId === 'string'
      ? `: read the records ${startSequenceNumber} to ${endSequenceNumber} of ${shardId} from the ` +
        'stream while it remembers them, and put them into it again'
      : ', and does not say which records were given up'
  throw new UnexpectedContent(objectKey, `has no payload${remedy}`)
}

function batchIn(objectKey: string, event: unknown): KinesisBatch {
  const records = isFields(event) ? event.Records : undefined
  if (!Array.isArray(records) || !records.every(isRecord)) {
    throw new UnexpectedContent(objectKey, 'has a payload that is no event of a Kinesis stream')
  }
  try {
    return readKinesisBatch(event as unknown as KinesisStreamEvent)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new UnexpectedContent(objectKey, `has a payload that is no batch: ${why}`, cause)
  }
}

const isBase64 = (text: string) => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)

/** Strict, since what becomes of the record is named by these. */
function isRecord(record: unknown): boolean {
  if (!isFields(record) || !isFields(record.kinesis)) return false
  const { sequenceNumber, data, approximateArrivalTimestamp } = record.kinesis
  return (
    typeof record.eventID === 'string' &&
    /^[\w.-]+:\d+$/.test(record.eventID) &&
    typeof sequenceNumber === 'string' &&
    /^\d+$/.test(sequenceNumber) &&
    typeof data === 'string' &&
    isBase64(data) &&
    typeof approximateArrivalTimestamp === 'number' &&
    isInstant(approximateArrivalTimestamp * 1000)
  )
}

/** Dates reach this far (ECMA-262, Time Values); a clock has no business there anyway. */
const maxInstantMs = 8_640_000_000_000_000

const isInstant = (ms: number) => ms >= 0 && ms <= maxInstantMs
