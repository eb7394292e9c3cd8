import { hourName } from '../core/index.ts'
import { gunzipLines, gzipLines } from './gzip-lines.ts'
import type { Objects, ObjectWriter } from './objects.ts'

/** Which records of a shard a batch held; names what is written for it. */
export interface BatchCut {
  /** The shard, or the lane that stands for it where a batch is redriven. */
  readonly lane: string
  readonly firstSequenceNumber: string
  readonly lastSequenceNumber: string
}

export const cutName = ({ lane, firstSequenceNumber, lastSequenceNumber }: BatchCut) =>
  `${lane}-${firstSequenceNumber}-${lastSequenceNumber}.ndjson.gz`

/**
 * Every event that was taken, as it was received, by the UTC hour of its event time:
 * `history/2026-11-22/10/<lane>-<first>-<last>.ndjson.gz`.
 *
 * The same cut of a shard makes the same object again, byte for byte; another cut of the same
 * records stands beside it, so a record may be read more than once and readers go by event id.
 */
export interface History extends HistoryWriter {
  /** The events of one hour, objects in the order of their names. */
  read(hourMs: number): AsyncIterable<Uint8Array>
}

export interface HistoryWriter {
  append(cut: BatchCut, hourMs: number, events: readonly Uint8Array[]): Promise<void>
}

export function createHistoryWriter(objects: ObjectWriter): HistoryWriter {
  return {
    async append(cut, hourMs, events) {
      const body = await gzipLines(events.map(onOneLine))
      await objects.put(`${hourPrefix(hourMs)}${cutName(cut)}`, body)
    },
  }
}

export function createHistory(objects: Objects): History {
  return {
    ...createHistoryWriter(objects),

    async *read(hourMs) {
      for await (const { key } of objects.list(hourPrefix(hourMs))) {
        const chunks = await objects.get(key)
        // Nothing of ours deletes history, so an object that was listed is there.
        if (chunks === undefined) throw new Error(`History has lost ${key}`)
        yield* gunzipLines(key, chunks)
      }
    },
  }
}

function hourPrefix(hourMs: number): string {
  const [date, hour] = hourName(hourMs).split('T')
  return `history/${date}/${hour}/`
}

const newline = 0x0a
const space = 0x20

/** A line feed can only stand between the tokens of an event's JSON, where a space means the same. */
function onOneLine(event: Uint8Array): Uint8Array {
  return event.includes(newline) ? event.map((byte) => (byte === newline ? space : byte)) : event
}
