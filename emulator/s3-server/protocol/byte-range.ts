import { S3Error } from './s3-error.ts'

/** Offsets of the first and last byte, both inclusive. */
export interface ByteRange {
  readonly first: number
  readonly last: number
}

/**
 * Reads a Range header for an object of `sizeBytes`. As in HTTP, a header that is not one range of
 * bytes is passed over, and the whole object is meant: undefined.
 *
 * @throws {S3Error} InvalidRange when the range lies outside the object
 */
export function readByteRange(
  header: string | undefined,
  sizeBytes: number,
): ByteRange | undefined {
  const [, start, end] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (start === undefined || end === undefined || start + end === '') return undefined
  if (start === '') {
    const suffixBytes = Math.min(Number(end), sizeBytes)
    if (suffixBytes === 0) throw invalidRange(sizeBytes)
    return { first: sizeBytes - suffixBytes, last: sizeBytes - 1 }
  }
  const first = Number(start)
  if (end !== '' && Number(end) < first) return undefined
  if (first >= sizeBytes) throw invalidRange(sizeBytes)
  return { first, last: end === '' ? sizeBytes - 1 : Math.min(Number(end), sizeBytes - 1) }
}

function invalidRange(sizeBytes: number): S3Error {
  return new S3Error('InvalidRange', 'The requested range is not satisfiable.', {
    'content-range': `bytes */${sizeBytes}`,
  })
}
