import { prefixes } from '../contract/prefixes.ts'
import {
  type DecodedEvent,
  type Definition,
  decodeEvent,
  hourName,
  hourStart,
  parseUtcName,
  Reject,
} from '../core/index.ts'
import { contentDigest } from '../store/content-digest.ts'
import { compressedLines, isDamaged, type LineCodec } from '../store/line-codec.ts'
import type { Objects, ObjectWriter } from '../store/objects.ts'
import { UnexpectedContent } from '../store/unexpected-content.ts'
import { type BatchCut, cutName } from './history.ts'

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
 * `rejected/2026-11-22/10/<lane>-<first>-<last>.<digest>.ndjson.gz`, by the UTC hour in which the
 * first of them arrived. The digest is that of the lines, so that an object never changes: the same
 * rejects of a cut make the same object again, and those of another definition stand beside it.
 */
export interface Rejects extends RejectWriter {
  /** The names of the objects that hold rejects, of all hours or of those that begin so. */
  list(hourPrefix?: string): AsyncIterable<string>
  /** The names of those that are kept by the UTC day of an instant (epoch ms) or a later one. */
  listFrom(arrivedMs: number): AsyncIterable<string>
  /** Nothing where there is no such object. Throws UnexpectedContent. */
  read(objectKey: string): AsyncIterable<RejectLine>
  /**
   * Puts lines of an object into one of their own, named as that is but for the digest, or below
   * another folder if `folder` names one. Returns its name.
   */
  putLines(objectKey: string, lines: readonly RejectLine[], folder?: string): Promise<string>
}

export interface RejectWriter {
  append(cut: BatchCut, records: readonly RejectedRecord[]): Promise<void>
}

const rejectedFolder = prefixes.rejected

export function createRejectWriter(
  objects: ObjectWriter,
  codec: LineCodec = compressedLines,
): RejectWriter {
  return {
    async append(cut, records) {
      const [first] = records
      if (first === undefined) return
      const [date, hour] = hourName(hourStart(first.arrivedMs)).split('T')
      const lines = () => linesOf(cut.lane, records)
      const folder = `${rejectedFolder}${date}/${hour}/`
      await put(objects, codec, (digest) => `${folder}${cutName(cut, digest)}.ndjson.gz`, lines)
    },
  }
}

export function createRejects(objects: Objects, codec: LineCodec = compressedLines): Rejects {
  return {
    ...createRejectWriter(objects, codec),

    async *list(hourPrefix = '') {
      for await (const { key } of objects.list(`${rejectedFolder}${hourPrefix}`)) yield key
    },

    async *listFrom(arrivedMs) {
      const firstDate = hourName(arrivedMs).slice(0, 10)
      for await (const date of objects.folders(rejectedFolder)) {
        if (date < firstDate) continue
        for await (const { key } of objects.list(`${rejectedFolder}${date}/`)) yield key
      }
    },

    async *read(objectKey) {
      const chunks = await objects.get(objectKey)
      if (chunks === undefined) return
      try {
        for await (const lines of codec.decode(objectKey, chunks)) {
          for (const line of lines) yield parseLine(objectKey, Buffer.from(line).toString())
        }
      } catch (error) {
        if (!isDamaged(error)) throw error
        throw new UnexpectedContent(objectKey, 'is cut short or damaged', error)
      }
    },

    putLines(objectKey, lines, folder = '') {
      const named = (digest: string) =>
        `${folder}${objectKey.replace(nameEnd, `.${digest}.ndjson.gz`)}`
      return put(objects, codec, named, () => lines.map((line) => JSON.stringify(line)))
    },
  }
}

/**
 * The lines are made twice, for the digest and for the object: a record may hold hundreds of
 * thousands that are a few bytes each, and so many are never held at once.
 */
async function put(
  objects: ObjectWriter,
  codec: LineCodec,
  named: (digest: string) => string,
  lines: () => Iterable<string>,
): Promise<string> {
  const objectKey = named(contentDigest(bytesOf(lines())))
  const body = await Array.fromAsync(codec.encodeStream(objectKey, lines()))
  await objects.put(objectKey, Buffer.concat(body))
  return objectKey
}

function* bytesOf(lines: Iterable<string>): Generator<Uint8Array> {
  for (const line of lines) yield Buffer.from(line)
}

/** With the digest, which the names of objects of former versions lack. */
const nameEnd = /(?:\.[0-9a-f]{16})?\.ndjson\.gz$/

const namePattern = /^rejected\/([\d-]+)\/(\d+)\/([^/]+)-(\d+)-(\d+)[^/-]*\.ndjson\.gz$/

/** The UTC hour that an object of rejects is kept by. Throws UnexpectedContent. */
export function rejectsHour(objectKey: string): number {
  const [date, hour] = nameParts(objectKey)
  const hourMs = parseUtcName('hour', `${date}T${hour}`)
  if (hourMs === undefined) throw misnamed(objectKey)
  return hourMs
}

/** The cut that an object of rejects is named by. Throws UnexpectedContent. */
export function rejectsCut(objectKey: string): BatchCut {
  const [, , lane, firstSequenceNumber, lastSequenceNumber] = nameParts(objectKey)
  return { lane, firstSequenceNumber, lastSequenceNumber }
}

type NameParts = [date: string, hour: string, lane: string, first: string, last: string]

function nameParts(objectKey: string): NameParts {
  const match = namePattern.exec(objectKey)
  if (match === null) throw misnamed(objectKey)
  return match.slice(1) as NameParts
}

const misnamed = (objectKey: string) =>
  new UnexpectedContent(objectKey, 'is not named as rejects are')

/** The event that a rejected record is for a definition, by the time of its arrival, or why none. */
export function decodeRejected(definition: Definition, line: RejectLine): DecodedEvent | Reject {
  // What there is of a line that was cut short may look whole; nobody knows.
  if (line.reason === 'cut-short') return new Reject('cut-short', undefined, line.message)
  return decodeEvent(definition, rejectedData(line), Date.parse(line.arrivedAt))
}

/** The record as it was received. */
export function rejectedData({ data, dataBase64 }: RejectLine): Uint8Array {
  return data === undefined ? Buffer.from(dataBase64 ?? '', 'base64') : Buffer.from(data)
}

function parseLine(objectKey: string, text: string): RejectLine {
  let line: unknown
  try {
    line = JSON.parse(text)
  } catch (cause) {
    throw new UnexpectedContent(objectKey, 'holds a line that is no JSON', cause)
  }
  if (!isRejectLine(line)) {
    throw new UnexpectedContent(objectKey, 'holds a line that is no rejected record')
  }
  return line
}

function isRejectLine(value: unknown): value is RejectLine {
  const line = (value ?? {}) as Partial<Record<keyof RejectLine, unknown>>
  const isText = (text: unknown) => typeof text === 'string'
  return (
    isText(line.shard) &&
    /^[\w.-]+$/.test(String(line.shard)) &&
    isText(line.sequenceNumber) &&
    /^\d+$/.test(String(line.sequenceNumber)) &&
    Number.isSafeInteger(line.subSequenceNumber) &&
    isText(line.arrivedAt) &&
    !Number.isNaN(Date.parse(String(line.arrivedAt))) &&
    (line.field === null || isText(line.field)) &&
    isText(line.reason) &&
    isText(line.message) &&
    isText(line.data === undefined ? line.dataBase64 : line.data)
  )
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function* linesOf(shard: string, records: readonly RejectedRecord[]): Generator<string> {
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
