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
 * format has it, a record with the magic number but a wrong digest or message is a plain record.
 */
export function unpackKplRecord(data: Uint8Array): Uint8Array[] | undefined {
  if (data.length < magic.length + md5Bytes) return undefined
  if (magic.some((byte, at) => data[at] !== byte)) return undefined
  const message = data.subarray(magic.length, -md5Bytes)
  const digest = createHash('md5').update(message).digest()
  if (!digest.equals(data.subarray(-md5Bytes))) return undefined
  try {
    return bytesFields(message, recordsTag).map(userData)
  } catch {
    return undefined
  }
}

// The numbers of AggregatedRecord.records and of Record.data in their messages.
const recordsTag = 3
const dataTag = 3

function userData(record: Uint8Array): Uint8Array {
  const data = bytesFields(record, dataTag).at(-1)
  if (data === undefined) throw new Error('A user record holds no data')
  return data
}

function bytesFields(message: Uint8Array, tag: number): Uint8Array[] {
  const reader = new PbfReader(message)
  const found = reader.readFields<Uint8Array[]>((field, values) => {
    if (field !== tag) return
    if (reader.type !== lengthDelimited) throw new Error(`Field ${tag} does not hold bytes`)
    values.push(reader.readBytes())
  }, [])
  if (reader.pos !== message.length) throw new Error('The message is cut short')
  return found
}

/** The wire type of bytes and of messages (Protocol Buffers, Encoding). */
const lengthDelimited = 2
