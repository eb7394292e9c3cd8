import { createZstdDecompress } from 'node:zlib'
import type { ByteSource } from './byte-source.ts'
import { decompress, decompressorOptions } from './decompress.ts'

export const magicBytes = 4

/** Of a frame, and of one that is to be skipped, whose lowest four bits are free (RFC 8878). */
const frameMagic = 0xfd2fb528
const skippableMagic = 0x184d2a50

/** Whether the bytes begin as zstd does; nothing of them is taken. */
export async function isZstd(source: ByteSource): Promise<boolean> {
  const start = await source.take(magicBytes)
  source.giveBack(start)
  return beginsAsZstd(start)
}

/** The same of bytes that are there. */
export function beginsAsZstd(start: Uint8Array): boolean {
  if (start.length < magicBytes) return false
  const magic = Buffer.from(start).readUInt32LE()
  return magic === frameMagic || (magic ^ skippableMagic) >>> 0 < 16
}

/**
 * Decompresses a zstd file (RFC 8878), all its frames one after the other: Node's own decompressor
 * passes over whatever follows the first. Throws UnreadableContent.
 */
export async function* unzstd(source: ByteSource): AsyncGenerator<Uint8Array> {
  do {
    yield* decompress(createZstdDecompress(decompressorOptions), source)
  } while (await hasMore(source))
}

async function hasMore(source: ByteSource): Promise<boolean> {
  const bytes = await source.next()
  source.giveBack(bytes)
  return bytes.length > 0
}
