import type { ByteSource } from './byte-source.ts'
import { beginsAsGzip, gunzip, isGzip } from './gunzip.ts'
import { beginsAsZstd, isZstd, magicBytes, unzstd } from './unzstd.ts'

/** A file's content, decompressed where it begins as gzip or zstd does. Throws UnreadableContent. */
export async function* fileContent(source: ByteSource): AsyncGenerator<Uint8Array> {
  if (await isGzip(source)) yield* gunzip(source)
  else if (await isZstd(source)) yield* unzstd(source)
  else yield* plain(source)
}

async function* plain(source: ByteSource): AsyncGenerator<Uint8Array> {
  for (let bytes = await source.next(); bytes.length > 0; bytes = await source.next()) yield bytes
}

/** So many bytes tell whether content is compressed. */
export const startBytes = magicBytes

/** Whether content that begins so is compressed. */
export function isCompressed(start: Uint8Array): boolean {
  return beginsAsGzip(start) || beginsAsZstd(start)
}
