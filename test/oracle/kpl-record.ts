import { createHash } from 'node:crypto'

/**
 * The user records of a record that the Kinesis Producer Library aggregated, read by hand from the
 * description of the format (aggregation-format.md) and of Protocol Buffers; the record itself where
 * it is none.
 */
export function readUserRecords(record: Buffer): Buffer[] {
  const message = record.subarray(4, -16)
  const isSealed =
    record.length >= 20 &&
    record.subarray(0, 4).toString('hex') === 'f3899ac2' &&
    createHash('md5').update(message).digest('hex') === record.subarray(-16).toString('hex')
  if (!isSealed) return [record]
  try {
    const userRecords = bytesOfField3(message).map((userRecord) => {
      const data = bytesOfField3(userRecord).pop()
      if (data === undefined) throw new Error('no data')
      return data
    })
    // Whoever sends none has sent something else.
    return userRecords.length === 0 ? [record] : userRecords
  } catch {
    return [record]
  }
}

function bytesOfField3(message: Buffer): Buffer[] {
  const found: Buffer[] = []
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let place = 0n; place < 10n; place++) {
      const byte = message[at++]
      if (byte === undefined) throw new Error('cut short')
      value |= BigInt(byte & 0x7f) << (7n * place)
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw new Error('a number of more than ten bytes')
  }
  while (at < message.length) {
    const tag = varint()
    const [field, wireType] = [tag >> 3n, tag & 7n]
    if (field === 0n || field >= 2n ** 29n) throw new Error('no such field')
    if (field === 3n && wireType !== 2n) throw new Error('no bytes')
    if (wireType === 0n) varint()
    else if (wireType === 1n) at += 8
    else if (wireType === 5n) at += 4
    else if (wireType === 2n) {
      const length = varint()
      if (length > BigInt(message.length - at)) throw new Error('cut short')
      if (field === 3n) found.push(message.subarray(at, at + Number(length)))
      at += Number(length)
    } else throw new Error('an unknown type')
    if (at > message.length) throw new Error('cut short')
  }
  return found
}
