import type { IncomingHttpHeaders } from 'node:http'
import { S3Error } from './s3-error.ts'

const MAX_USER_METADATA_BYTES = 2048
const USER_METADATA_PREFIX = 'x-amz-meta-'
const STORED_HEADERS = new Set([
  'cache-control',
  'content-disposition',
  'content-language',
  'content-type',
  'expires',
])

/**
 * Picks the headers of a request that are kept with the object and sent back with it. `aws-chunked`
 * describes the transfer, not the object, so it is taken out of the content encoding.
 *
 * @throws {S3Error} MetadataTooLarge
 */
export function readObjectHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const stored: Record<string, string> = { 'content-type': 'binary/octet-stream' }
  let metadataBytes = 0
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value !== 'string') continue
    if (name.startsWith(USER_METADATA_PREFIX)) {
      metadataBytes += name.length - USER_METADATA_PREFIX.length + value.length
    } else if (!STORED_HEADERS.has(name)) {
      continue
    }
    stored[name] = value
  }
  if (metadataBytes > MAX_USER_METADATA_BYTES) {
    throw new S3Error('MetadataTooLarge', `At most ${MAX_USER_METADATA_BYTES} bytes of metadata.`)
  }
  const encodings = (headers['content-encoding'] ?? '').split(',').map((name) => name.trim())
  const kept = encodings.filter((name) => name !== '' && name !== 'aws-chunked')
  if (kept.length > 0) stored['content-encoding'] = kept.join(',')
  return stored
}
