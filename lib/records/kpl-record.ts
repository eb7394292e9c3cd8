import { createHash } from 'node:crypto'
import { PbfReader } from 'pbf'

/**
 * The Kinesis Producer Library's aggregated record: a magic number, a protobuf message that holds
 * the user records, and the message's MD5 (awslabs/amazon-kinesis-producer, aggregation-format.md).
 */
const magic = Uint8Array.of(0xf3, 0x89, 0x9a, 0xc2)
const md5Bytes = 16

/**
 * The payloads of an aggregated record, in order; undefined where the record is not one. As the
 * format has it, a record with the magic number but a wrong digest or message is a plain record. So
 * is one without payloads, since all that it holds would be gone without a trace.
 */
export function unpackKplRecord(data: Uint8Array): Uint8Array[] | undefined {
  if (data.length < magic.length + md5Bytes) return undefined
  if (magic.some((byte, at) => data[at] !== byte)) return undefined
  const message = data.subarray(magic.length, -md5Bytes)
  const digest = createHash('md5').update(message).digest()
  if (!digest.equals(data.subarray(-md5Bytes))) return undefined
  try {
    const payloads = bytesFields(message, recordsField).map(userData)
    return payloads.length === 0 ? undefined : payloads
  } catch {
    return undefined
  }
}

// The numbers of AggregatedRecord.records and of Record.data in their messages.
const recordsField = 3
const dataField = 3

function userData(record: Uint8Array): Uint8Array {
  const data = bytesFields(record, dataField).at(-1)
  if (data === undefined) throw new Error('A user record holds no data')
  return data
}

// Wire types (Protocol Buffers, Encoding); bytes and messages are length-delimited.
const varint = 0
const lengthDelimited = 2

/** A tag is a field's number, of 29 bits at most, and three bits of wire type. */
const maxTag = 2 ** 32 - 1

/** Throws where the message is not well formed, more strictly than `PbfReader.readFields` does. */
function bytesFields(message: Uint8Array, wanted: number): Uint8Array[] {
  const reader = new PbfReader(message)
  const found: Uint8Array[] = []
  while (reader.pos < message.length) {
    const tag = reader.readVarint()
    const field = tag >>> 3
    const type = tag & 0x07
    if (field === 0 || tag > maxTag) throw new Error('A field has no number')
    if (field === wanted) {
      if (type !== lengthDelimited) throw new Error(`Field ${field} does not hold bytes`)
      found.push(reader.readBytes())
    } else if (type === varint) reader.readVarint()
    else reader.skip(type)
  }
  if (reader.pos !== message.length) throw new Error('The message is cut short')
  return found
}
