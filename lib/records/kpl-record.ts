import { hash } from 'node:crypto'
import { PbfReader } from 'pbf'
import { Lines } from '../core/index.ts'

/**
 * The Kinesis Producer Library's aggregated record: a magic number, a protobuf message that holds
 * the user records, and the message's MD5 (awslabs/amazon-kinesis-producer, aggregation-format.md).
 */
const magic = Uint8Array.of(0xf3, 0x89, 0x9a, 0xc2)
const md5Bytes = 16

/** Whether there is the magic number from there on; few records that are none have it. */
export function mayBeKplRecord(data: Uint8Array, from = 0): boolean {
  for (let at = 0; at < magic.length; at++) if (data[from + at] !== magic[at]) return false
  return true
}

/**
 * The payloads of an aggregated record, in order and where they stand in it; undefined where the
 * record is not one. As the format has it, a record with the magic number but a wrong digest or
 * message is a plain record. So is one without payloads, since all that it holds would be gone
 * without a trace.
 */
export function unpackKplRecord(data: Uint8Array): Lines | undefined {
  if (data.length < magic.length + md5Bytes || !mayBeKplRecord(data)) return undefined
  const message = data.subarray(magic.length, -md5Bytes)
  if (!hash('md5', message, 'buffer').equals(data.subarray(-md5Bytes))) return undefined
  const reader = new PbfReader(data)
  const starts: number[] = []
  const ends: number[] = []
  try {
    eachBytesField(reader, magic.length, data.length - md5Bytes, recordsField, (from, to) => {
      let [start, end] = [-1, -1]
      eachBytesField(reader, from, to, dataField, (dataFrom, dataTo) => {
        start = dataFrom
        end = dataTo
      })
      if (start < 0) throw new Error('A user record holds no data')
      starts.push(start)
      ends.push(end)
    })
  } catch {
    return undefined
  }
  return ends.length === 0 ? undefined : new Lines(data, starts, ends)
}

// The numbers of AggregatedRecord.records and of Record.data in their messages.
const recordsField = 3
const dataField = 3

// Wire types (Protocol Buffers, Encoding); bytes and messages are length-delimited.
const varint = 0
const lengthDelimited = 2

/** A tag is a field's number, of 29 bits at most, and three bits of wire type. */
const maxTag = 2 ** 32 - 1

/**
 * Where the fields of that number stand in the message between two places, which may be read while
 * they are told. Throws where the message is not well formed, more strictly than
 * `PbfReader.readFields` does.
 */
function eachBytesField(
  reader: PbfReader,
  from: number,
  to: number,
  wanted: number,
  found: (from: number, to: number) => void,
): void {
  reader.pos = from
  while (reader.pos < to) {
    const tag = reader.readVarint()
    const field = tag >>> 3
    const type = tag & 0x07
    if (field === 0 || tag > maxTag) throw new Error('A field has no number')
    if (field === wanted) {
      if (type !== lengthDelimited) throw new Error(`Field ${field} does not hold bytes`)
      const bytes = reader.readVarint()
      const start = reader.pos
      // Whoever reads on beyond the end of its own message would take another's bytes.
      if (start + bytes > to) throw new Error('The message is cut short')
      found(start, start + bytes)
      reader.pos = start + bytes
    } else if (type === varint) reader.readVarint()
    else reader.skip(type)
  }
  if (reader.pos !== to) throw new Error('The message is cut short')
}
