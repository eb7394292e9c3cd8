import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { crc32 } from 'node:zlib'
import { S3Error } from './s3-error.ts'

const HEADER_PREFIX = 'x-amz-checksum-'
const digestBytes = { crc32: 4, sha1: 20, sha256: 32 } as const

/** The checksum algorithms that this server knows; S3's others are answered with 501. */
export type ChecksumAlgorithm = keyof typeof digestBytes

/** A digest in base64; one made of the digests of N parts ends in `-N`. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm
  readonly value: string
}

/** What a request says its body's checksum is; without a value, it comes in a trailer. */
export interface ChecksumClaim {
  readonly algorithm: ChecksumAlgorithm
  readonly value: string | undefined
}

/** A digest that is fed piece by piece. */
export interface RunningDigest {
  update(chunk: Uint8Array): void
  digest(): Buffer
}

/** Starts a checksum of nothing yet. */
export function startChecksum(algorithm: ChecksumAlgorithm): RunningDigest {
  if (algorithm !== 'crc32') {
    const hash = createHash(algorithm)
    return { update: (chunk) => void hash.update(chunk), digest: () => hash.digest() }
  }
  let sum = 0
  return {
    update: (chunk) => {
      sum = crc32(chunk, sum)
    },
    digest: () => {
      const bytes = Buffer.alloc(digestBytes.crc32)
      bytes.writeUInt32BE(sum)
      return bytes
    },
  }
}

/** @throws {S3Error} NotImplemented for an algorithm that is not known here */
export function parseChecksumAlgorithm(name: string): ChecksumAlgorithm {
  const algorithm = name.toLowerCase()
  if (algorithm === 'crc32' || algorithm === 'sha1' || algorithm === 'sha256') return algorithm
  throw new S3Error('NotImplemented', `Checksums by ${name} are not supported.`)
}

/** The name of the header or trailer that carries a checksum of this algorithm. */
export function checksumHeaderName(algorithm: ChecksumAlgorithm): string {
  return HEADER_PREFIX + algorithm
}

/** The response headers that tell an object's checksum. */
export function checksumHeaders(checksum: Checksum | undefined): Record<string, string> {
  if (checksum === undefined) return {}
  return {
    [checksumHeaderName(checksum.algorithm)]: checksum.value,
    'x-amz-checksum-type': checksumType(checksum),
  }
}

/** S3's word for what a checksum is made of. */
export function checksumType(checksum: Checksum): 'COMPOSITE' | 'FULL_OBJECT' {
  return checksum.value.includes('-') ? 'COMPOSITE' : 'FULL_OBJECT'
}

/**
 * Reads the checksum that a request announces for its body, in a header or in a trailer.
 *
 * @throws {S3Error} NotImplemented, InvalidRequest
 */
export function readChecksumClaim(headers: IncomingHttpHeaders): ChecksumClaim | undefined {
  const claims: ChecksumClaim[] = []
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith(HEADER_PREFIX) || /-(algorithm|mode|type)$/.test(name)) continue
    const algorithm = parseChecksumAlgorithm(name.slice(HEADER_PREFIX.length))
    claims.push({ algorithm, value: validDigest(algorithm, String(value)) })
  }
  for (const name of String(headers['x-amz-trailer'] ?? '').split(',')) {
    const trailer = name.trim().toLowerCase()
    if (trailer === '') continue
    if (!trailer.startsWith(HEADER_PREFIX)) {
      throw new S3Error('InvalidRequest', `The trailer ${trailer} is not a checksum.`)
    }
    const algorithm = parseChecksumAlgorithm(trailer.slice(HEADER_PREFIX.length))
    claims.push({ algorithm, value: undefined })
  }
  if (claims.length > 1) throw new S3Error('InvalidRequest', 'Expecting a single x-amz-checksum.')
  return claims[0]
}

/** @throws {S3Error} InvalidRequest when the text is not a digest of the algorithm's length */
export function validDigest(algorithm: ChecksumAlgorithm, base64: string): string {
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.length !== digestBytes[algorithm] || bytes.toString('base64') !== base64) {
    throw new S3Error('InvalidRequest', `The value of ${checksumHeaderName(algorithm)} is invalid.`)
  }
  return base64
}

/**
 * The checksum of an object made of parts: the digest of the parts' digests. There is none unless
 * every part has one, by the same algorithm.
 */
export function compositeChecksum(parts: readonly (Checksum | undefined)[]): Checksum | undefined {
  const algorithm = parts[0]?.algorithm
  if (algorithm === undefined) return undefined
  const running = startChecksum(algorithm)
  for (const part of parts) {
    if (part?.algorithm !== algorithm) return undefined
    running.update(Buffer.from(part.value, 'base64'))
  }
  return { algorithm, value: `${running.digest().toString('base64')}-${parts.length}` }
}
