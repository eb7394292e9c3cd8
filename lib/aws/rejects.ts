import { hourName, hourStart, type Reject } from '../core/index.ts'
import { gzipCodec, type LineCodec } from './gzip-lines.ts'
import { type BatchCut, cutName } from './history.ts'
import type { Objects, ObjectWriter } from './objects.ts'

/** A record that was not taken, with where it came from and why it was refused. */
export interface RejectedRecord {
  readonly sequenceNumber: string
  readonly subSequenceNumber: number
  readonly arrivedMs: number
  readonly reject: Reject
  readonly data: Uint8Array
}

/** One rejected record as it is kept: a line of JSON. `field` is null where all is at fault. */
export interface RejectLine {
  readonly shard: string
  readonly sequenceNumber: string
  readonly subSequenceNumber: number
  readonly arrivedAt: string
  readonly field: string | null
  readonly reason: string
  readonly message: string
  /** The record as received: as text where it is UTF-8, else `dataBase64` holds it. */
  readonly data?: string
  readonly dataBase64?: string
}

/**
 * Records that could not be read, kept with the reason under
 * `rejected/2026-11-22/10/<lane>-<first>-<last>.ndjson.gz`, by the UTC hour of arrival. As with
 * history, the same cut makes the same object.
 */
export interface Rejects extends RejectWriter {
  /** The names of the objects that hold rejects, of all hours or of those that begin so. */
  list(hourPrefix?: string): AsyncIterable<string>
  read(objectKey: string): AsyncIterable<RejectLine>
}

export interface RejectWriter {
  append(cut: BatchCut, records: readonly RejectedRecord[]): Promise<void>
}

export function createRejectWriter(
  objects: ObjectWriter,
  codec: LineCodec = gzipCodec,
): RejectWriter {
  return {
    async append(cut, records) {
      const [first] = records
      if (first === undefined) return
      const [date, hour] = hourName(hourStart(first.arrivedMs)).split('T')
      // Line by line, since a record may hold hundreds of thousands that are a few bytes each.
      const body = await Array.fromAsync(codec.encodeStream(linesOf(cut.lane, records)))
      await objects.put(`rejected/${date}/${hour}/${cutName(cut)}`, Buffer.concat(body))
    },
  }
}

export function createRejects(objects: Objects, codec: LineCodec = gzipCodec): Rejects {
  return {
    ...createRejectWriter(objects, codec),

    async *list(hourPrefix = '') {
      for await (const { key } of objects.list(`rejected/${hourPrefix}`)) yield key
    },

    async *read(objectKey) {
      const chunks = await objects.get(objectKey)
      if (chunks === undefined) return
      for await (const line of codec.decode(objectKey, chunks)) {
        yield parseLine(objectKey, Buffer.from(line).toString())
      }
    },
  }
}

function parseLine(objectKey: string, text: string): RejectLine {
  const line: Partial<RejectLine> = JSON.parse(text) ?? {}
  const texts = [line.shard, line.sequenceNumber, line.arrivedAt, line.reason, line.message]
  const isLine =
    texts.every((value) => typeof value === 'string') && Number.isInteger(line.subSequenceNumber)
  if (!isLine) throw new Error(`${objectKey} holds a line that is no rejected record`)
  return line as RejectLine
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

async function* linesOf(shard: string, records: readonly RejectedRecord[]): AsyncGenerator<string> {
  for (const record of records) yield JSON.stringify(lineOf(shard, record))
}

function lineOf(shard: string, record: RejectedRecord): RejectLine {
  const { sequenceNumber, subSequenceNumber, arrivedMs, reject, data } = record
  return {
    shard,
    sequenceNumber,
    subSequenceNumber,
    arrivedAt: new Date(arrivedMs).toISOString(),
    field: reject.field ?? null,
    reason: reject.reason,
    message: reject.message,
    ...dataOf(data),
  }
}

function dataOf(data: Uint8Array): { data: string } | { dataBase64: string } {
  try {
    return { data: utf8.decode(data) }
  } catch {
    return { dataBase64: Buffer.from(data).toString('base64') }
  }
}
