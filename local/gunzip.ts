import { crc32, createInflateRaw } from 'node:zlib'
import type { ByteSource } from './byte-source.ts'
import { decompress, decompressorOptions } from './decompress.ts'
import { UnreadableContent } from './unreadable-content.ts'

const magic = [0x1f, 0x8b]

/** Whether the bytes begin as gzip does; nothing of them is taken. */
export async function isGzip(source: ByteSource): Promise<boolean> {
  const start = await source.take(magic.length)
  source.giveBack(start)
  return beginsAsGzip(start)
}

/** The same of bytes that are there. */
export function beginsAsGzip(start: Uint8Array): boolean {
  return magic.every((byte, at) => start[at] === byte)
}

/**
 * Decompresses a gzip file (RFC 1952), all its members one after the other. Node's own `Gunzip`
 * passes over whatever follows a zero byte behind a member, and drops what it has decompressed of a
 * member where other bytes follow it. Zeros behind a member are padding here too, and no more.
 *
 * Throws UnreadableContent.
 */
export async function* gunzip(source: ByteSource): AsyncGenerator<Uint8Array> {
  do {
    await readHeader(source)
    let checksum = 0
    let length = 0
    for await (const bytes of decompress(createInflateRaw(decompressorOptions), source)) {
      checksum = crc32(bytes, checksum)
      length += bytes.length
      yield bytes
    }
    const trailer = Buffer.from(await source.take(8))
    if (trailer.length < 8) throw new UnreadableContent('unexpected end of file')
    if (trailer.readUInt32LE(0) !== checksum) throw new UnreadableContent('incorrect data check')
    if (trailer.readUInt32LE(4) !== length % 2 ** 32)
      throw new UnreadableContent('incorrect length check')
  } while (await anythingButZeros(source))
}

const headerFlags = { checksum: 0x02, extra: 0x04, name: 0x08, comment: 0x10, reserved: 0xe0 }
const deflateMethod = 8

async function readHeader(source: ByteSource): Promise<void> {
  const header = await source.take(10)
  const [first, second, method, flags = 0] = header
  if (header.length > 0 && first !== magic[0]) throw new UnreadableContent('bytes that are no gzip')
  if (header.length < 10) throw new UnreadableContent('unexpected end of file')
  const isKnown = (flags & headerFlags.reserved) === 0 && method === deflateMethod
  if (second !== magic[1] || !isKnown) throw new UnreadableContent('bytes that are no gzip')
  if (flags & headerFlags.extra) {
    const [low = 0, high = 0] = await source.take(2)
    await source.take(low + 256 * high)
  }
  if (flags & headerFlags.name) await skipPastZero(source)
  if (flags & headerFlags.comment) await skipPastZero(source)
  if (flags & headerFlags.checksum) await source.take(2)
}

async function skipPastZero(source: ByteSource): Promise<void> {
  for (;;) {
    const bytes = await source.next()
    if (bytes.length === 0) throw new UnreadableContent('unexpected end of file')
    const at = bytes.indexOf(0)
    if (at >= 0) {
      source.giveBack(bytes.subarray(at + 1))
      return
    }
  }
}

/** Skips zeros; whether anything follows them. */
async function anythingButZeros(source: ByteSource): Promise<boolean> {
  for (;;) {
    const bytes = await source.next()
    if (bytes.length === 0) return false
    const at = bytes.findIndex((byte) => byte !== 0)
    if (at >= 0) {
      source.giveBack(bytes.subarray(at))
      return true
    }
  }
}
