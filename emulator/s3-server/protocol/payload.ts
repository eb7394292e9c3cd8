import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { decodeAwsChunked } from './aws-chunked.ts'
import {
  type Checksum,
  type ChecksumClaim,
  checksumHeaderName,
  type RunningDigest,
  readChecksumClaim,
  startChecksum,
  validDigest,
} from './checksum.ts'
import { S3Error } from './s3-error.ts'

const MAX_PAYLOAD_BYTES = 5 * 1024 ** 3
const MAX_XML_BYTES = 8 * 1024 ** 2

/** What is known of a payload once all of it has arrived and agreed with its claims. */
export interface ReceivedPayload {
  readonly sizeBytes: number
  readonly md5: Buffer
  /** The checksum that the client sent, if it sent one. */
  readonly checksum: Checksum | undefined
}

interface PayloadClaims {
  readonly isAwsChunked: boolean
  readonly sizeBytes: number
  readonly md5: Buffer | undefined
  readonly sha256Hex: string | undefined
  readonly checksum: ChecksumClaim | undefined
}

/** Tells whether the body is in S3's own chunked encoding. */
function isAwsChunked(headers: IncomingHttpHeaders): boolean {
  return (
    String(headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-') ||
    /(^|,)\s*aws-chunked\s*(,|$)/.test(headers['content-encoding'] ?? '')
  )
}

/**
 * Streams a request's payload, decoded, into `sink`, and checks it against every length, digest and
 * checksum that the request claims. Only when this returns may the payload be taken as received.
 *
 * @throws {S3Error} MissingContentLength, EntityTooLarge, IncompleteBody, InvalidDigest, BadDigest,
 * XAmzContentSHA256Mismatch, MalformedTrailerError, InvalidRequest, NotImplemented
 */
export async function receivePayload(
  message: IncomingMessage,
  sink: (chunks: AsyncIterable<Buffer>) => Promise<void>,
): Promise<ReceivedPayload> {
  const claims = readClaims(message.headers)
  const trailers = new Map<string, string>()
  const md5 = createHash('md5')
  const sha256 = claims.sha256Hex === undefined ? undefined : createHash('sha256')
  const checksum = claims.checksum && startChecksum(claims.checksum.algorithm)
  // Where the payload is refused half-way, the rest must still be read off the connection, which a
  // destroyed message does not do.
  const raw: AsyncIterableIterator<Buffer> = message.iterator({ destroyOnReturn: false })
  const decoded = claims.isAwsChunked ? decodeAwsChunked(raw, trailers) : raw

  let sizeBytes = 0
  async function* measured(): AsyncGenerator<Buffer> {
    for await (const chunk of decoded) {
      sizeBytes += chunk.length
      if (sizeBytes > claims.sizeBytes) {
        throw new S3Error('IncompleteBody', 'The body is longer than its declared length.')
      }
      md5.update(chunk)
      sha256?.update(chunk)
      checksum?.update(chunk)
      yield chunk
    }
  }
  await sink(measured())

  if (sizeBytes !== claims.sizeBytes) {
    throw new S3Error('IncompleteBody', 'The body is shorter than its declared length.')
  }
  const md5Bytes = md5.digest()
  if (claims.md5 !== undefined && !claims.md5.equals(md5Bytes)) {
    throw new S3Error('BadDigest', 'The Content-MD5 you specified did not match the body.')
  }
  if (sha256 !== undefined && sha256.digest('hex') !== claims.sha256Hex) {
    throw new S3Error('XAmzContentSHA256Mismatch', 'The x-amz-content-sha256 is not the body’s.')
  }
  return { sizeBytes, md5: md5Bytes, checksum: verified(claims.checksum, checksum, trailers) }
}

/**
 * Receives a small document whole, under the same checks as any payload.
 *
 * @throws {S3Error} as `receivePayload`; MalformedXML when the document is too large
 */
export async function receiveText(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  await receivePayload(message, async (payload) => {
    for await (const chunk of payload) {
      sizeBytes += chunk.length
      if (sizeBytes > MAX_XML_BYTES) throw new S3Error('MalformedXML', 'The document is too large.')
      chunks.push(chunk)
    }
  })
  return Buffer.concat(chunks).toString('utf8')
}

function readClaims(headers: IncomingHttpHeaders): PayloadClaims {
  const chunked = isAwsChunked(headers)
  const length = chunked ? headers['x-amz-decoded-content-length'] : headers['content-length']
  if (typeof length !== 'string' || !/^\d+$/.test(length)) {
    throw new S3Error('MissingContentLength', 'The length of the body must be declared.')
  }
  const sizeBytes = Number(length)
  if (sizeBytes > MAX_PAYLOAD_BYTES) {
    throw new S3Error('EntityTooLarge', `One body has at most ${MAX_PAYLOAD_BYTES} bytes.`)
  }
  const sha256 = String(headers['x-amz-content-sha256'] ?? '')
  return {
    isAwsChunked: chunked,
    sizeBytes,
    md5: readContentMd5(headers['content-md5']),
    sha256Hex: /^[0-9a-f]{64}$/.test(sha256) ? sha256 : undefined,
    checksum: readChecksumClaim(headers),
  }
}

function readContentMd5(header: string | string[] | undefined): Buffer | undefined {
  if (header === undefined) return undefined
  const bytes = Buffer.from(String(header), 'base64')
  if (bytes.length !== 16) throw new S3Error('InvalidDigest', 'The Content-MD5 is not valid.')
  return bytes
}

function verified(
  claim: ChecksumClaim | undefined,
  running: RunningDigest | undefined,
  trailers: ReadonlyMap<string, string>,
): Checksum | undefined {
  if (claim === undefined || running === undefined) return undefined
  const { algorithm } = claim
  const name = checksumHeaderName(algorithm)
  const claimed = claim.value ?? trailers.get(name)
  if (claimed === undefined) {
    throw new S3Error('MalformedTrailerError', `The trailer ${name} is announced but missing.`)
  }
  const value = running.digest().toString('base64')
  if (validDigest(algorithm, claimed) !== value) {
    throw new S3Error('BadDigest', `The ${algorithm} you specified did not match the body.`)
  }
  return { algorithm, value }
}
