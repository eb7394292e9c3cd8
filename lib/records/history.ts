import { prefixes } from '../contract/prefixes.ts'
import { dayMs, hourMs, hourName, Lines, parseUtcName } from '../core/index.ts'
import { contentDigest } from '../store/content-digest.ts'
import { compressedLines, type LineCodec } from '../store/line-codec.ts'
import type { ListedObject, Objects, ObjectWriter } from '../store/objects.ts'
import { readAhead } from '../store/read-ahead.ts'
import { UnexpectedContent } from '../store/unexpected-content.ts'

/** Which records of a shard a batch held; names what is written for it. */
export interface BatchCut {
  /** The shard, or the lane that stands for it where records are redriven. */
  readonly lane: string
  readonly firstSequenceNumber: string
  readonly lastSequenceNumber: string
}

/**
 * What an object's name begins with: its cut, and a digest of what it holds. A cut that comes again under another
 * definition may hold other lines, and neither object may take the place of the other.
 */
export const cutName = (
  { lane, firstSequenceNumber, lastSequenceNumber }: BatchCut,
  digest: string,
) => `${lane}-${firstSequenceNumber}-${lastSequenceNumber}.${digest}`

/** Former versions wrote gzip. */
const cutPattern = /^(.+)-(\d+)-(\d+)\.[0-9a-f]{16}\.ndjson\.(?:zst|gz)$/

/** The cut that an object is named by. Throws UnexpectedContent where its name is none of ours. */
export function parseCut(objectKey: string): BatchCut {
  const match = cutPattern.exec(objectKey.slice(objectKey.lastIndexOf('/') + 1))
  const [, lane, firstSequenceNumber, lastSequenceNumber] = match ?? []
  if (!lane || !firstSequenceNumber || !lastSequenceNumber) {
    throw new UnexpectedContent(objectKey, `is not named by a batch's cut; ${remedy}`)
  }
  return { lane, firstSequenceNumber, lastSequenceNumber }
}

const remedy = 'move it out of history/ and, where events are in it, put these into the stream'

const redrivenPrefix = 'redriven-'

/**
 * The lane of records of a shard that are put back. Nobody can tell whether the shard's own rows
 * hold them, so whoever folds them corrects their minutes.
 */
export const redrivenLane = (shard: string) => `${redrivenPrefix}${shard}`

export const isRedriven = ({ lane }: BatchCut) => lane.startsWith(redrivenPrefix)

/** Some events as they stand in history, a line each. */
export interface HistoryChunk {
  /** The same object for all chunks of one cut's object. */
  readonly cut: BatchCut
  readonly lines: Lines
}

/**
 * Every event that was taken, as it was received, by the UTC hour of its event time:
 * `history/2026-11-22/10/<lane>-<first>-<last>.<digest>.ndjson.zst`.
 *
 * The same cut of a shard makes the same object again, byte for byte; another cut of the same
 * records, the same under a definition that takes others of them, or the same as a former version
 * wrote it (`.ndjson.gz`), stands beside it. So a record may be read more than once, and readers go
 * by event id.
 */
export interface History extends HistoryWriter {
  /**
   * The events of one hour, objects in the order of their names. Throws UnexpectedContent where
   * somebody else has put an object there: with events in it, the hour's totals would lack them.
   */
  read(hourMs: number): AsyncIterable<HistoryChunk>
  /** Whether an hour has more than `largeHourBytes`, and so is to be read with nothing else in memory. */
  isLarge(hourMs: number): Promise<boolean>
  /**
   * The hours from there to here (epoch ms, `toMs` exclusive) that hold events, in order. Throws
   * UnexpectedContent where a folder is no date or hour.
   */
  hours(fromMs: number, toMs: number): AsyncIterable<number>
}

/**
 * Bytes of objects, as they are stored: some hundred thousand events. Several hours that have no more
 * fit into memory together, and one that has more keeps a processor busy by itself.
 */
export const largeHourBytes = 8 * 1024 * 1024

export interface HistoryWriter {
  append(cut: BatchCut, hourMs: number, events: Iterable<Uint8Array>): Promise<void>
}

export function createHistoryWriter(
  objects: ObjectWriter,
  codec: LineCodec = compressedLines,
): HistoryWriter {
  return {
    async append(cut, hourMs, events) {
      const lines = eachOnOneLine(Lines.of(events))
      const name = `${cutName(cut, contentDigest(lines))}.ndjson.zst`
      const objectKey = `${hourPrefix(hourMs)}${name}`
      await objects.put(objectKey, await codec.encode(objectKey, lines))
    },
  }
}

export function createHistory(objects: Objects, codec: LineCodec = compressedLines): History {
  return {
    ...createHistoryWriter(objects, codec),

    async *read(hourMs) {
      const listed = cutsIn(objects.list(hourPrefix(hourMs)))
      for await (const { of, lines } of readAhead(objects, codec, listed)) {
        // Nothing of ours deletes history, so an object that was listed is there.
        if (lines === undefined) throw new Error(`History has lost ${of.key}`)
        yield { cut: of.cut, lines }
      }
    },

    async isLarge(hourMs) {
      let total = 0
      for await (const { bytes } of objects.list(hourPrefix(hourMs))) {
        total += bytes
        if (total > largeHourBytes) return true
      }
      return false
    },

    async *hours(fromMs, toMs) {
      const overlaps = (startMs: number, lengthMs: number) =>
        startMs < toMs && fromMs < startMs + lengthMs
      for await (const date of objects.folders(historyPrefix)) {
        const dateFolder = `${historyPrefix}${date}/`
        if (!overlaps(parseHour(dateFolder, `${date}T00`), dayMs)) continue
        for await (const hour of objects.folders(dateFolder)) {
          const startMs = parseHour(`${dateFolder}${hour}/`, `${date}T${hour}`)
          if (overlaps(startMs, hourMs)) yield startMs
        }
      }
    },
  }
}

const historyPrefix = prefixes.history

function hourPrefix(hourMs: number): string {
  const [date, hour] = hourName(hourMs).split('T')
  return `${historyPrefix}${date}/${hour}/`
}

/** Consoles show an empty object of such a name as a folder, and make one when they are told to. */
const isFolderMarker = (objectKey: string, bytes: number) => bytes === 0 && objectKey.endsWith('/')

/** What stands in history, told before it is opened where it is none of ours. */
async function* cutsIn(
  listed: AsyncIterable<ListedObject>,
): AsyncGenerator<ListedObject & { readonly cut: BatchCut }> {
  for await (const { key, bytes } of listed) {
    if (!isFolderMarker(key, bytes)) yield { key, bytes, cut: parseCut(key) }
  }
}

function parseHour(folder: string, name: string): number {
  const startMs = parseUtcName('hour', name)
  if (startMs === undefined) {
    throw new UnexpectedContent(folder, `is no date or hour of history; ${remedy}`)
  }
  return startMs
}

const newline = 0x0a
const space = 0x20

/** A line feed can only stand between the tokens of an event's JSON, where a space means the same. */
function eachOnOneLine(events: Lines): Lines {
  if (!holdNewline(events)) return events
  return Lines.of(
    [...events].map((event) => event.map((byte) => (byte === newline ? space : byte))),
  )
}

function holdNewline({ bytes, starts, ends, length }: Lines): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  // What stands from `from` on up to `next` is known to be none.
  let [from, next] = [0, -1]
  for (let line = 0; line < length; line++) {
    const start = starts[line] as number
    if (start < from || start > next) {
      from = start
      const found = buffer.indexOf(newline, start)
      next = found < 0 ? Number.POSITIVE_INFINITY : found
    }
    if (next < (ends[line] as number)) return true
  }
  return false
}
