import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { S3Error } from './s3-error.ts'

const MAX_KEY_BYTES = 1024
const LOOPBACK_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** One request, in path style: `/<bucket>/<key>`. */
export interface S3Request {
  readonly method: string
  /** Empty at the level of the service. */
  readonly bucket: string
  /** Decoded; empty at the level of the bucket. */
  readonly key: string
  readonly query: ReadonlyMap<string, string>
  readonly headers: IncomingHttpHeaders
  /** The HTTP message, whose body has not been read yet. */
  readonly message: IncomingMessage
}

/**
 * Reads the request line and headers.
 *
 * The path is taken apart by hand: a URL parser would resolve `..` and `.`, which are ordinary
 * parts of an S3 key.
 *
 * @throws {S3Error} InvalidURI, KeyTooLongError, AccessDenied, InvalidRequest
 */
export function parseRequest(message: IncomingMessage): S3Request {
  refuseForeignCaller(message.headers)
  const target = message.url ?? ''
  if (!target.startsWith('/')) {
    throw new S3Error('InvalidURI', 'The request target must be a path.')
  }
  const queryStart = target.indexOf('?')
  const path = queryStart === -1 ? target : target.slice(0, queryStart)
  const bucketEnd = path.indexOf('/', 1)
  const bucket = percentDecoded(bucketEnd === -1 ? path.slice(1) : path.slice(1, bucketEnd))
  const key = bucketEnd === -1 ? '' : percentDecoded(path.slice(bucketEnd + 1))
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw new S3Error('KeyTooLongError', `A key has at most ${MAX_KEY_BYTES} bytes.`)
  }
  return {
    method: message.method ?? '',
    bucket,
    key,
    query: parseQuery(queryStart === -1 ? '' : target.slice(queryStart + 1)),
    headers: message.headers,
    message,
  }
}

/**
 * Signatures are not checked, so a web page in the same machine's browser must be kept out another
 * way: its writes carry an Origin, and a name that it had rebound to loopback shows as the Host.
 */
function refuseForeignCaller(headers: IncomingHttpHeaders): void {
  if (headers.origin !== undefined) {
    throw new S3Error('AccessDenied', 'Requests from web pages are not answered.')
  }
  const hostName = headers.host?.replace(/:\d+$/, '') ?? ''
  if (!LOOPBACK_NAMES.has(hostName)) {
    throw new S3Error('InvalidRequest', `Only path style on a loopback host, not '${hostName}'.`)
  }
}

function parseQuery(text: string): Map<string, string> {
  const query = new Map<string, string>()
  for (const pair of text.split('&')) {
    if (pair === '') continue
    const [name, value] = pair.split(/=(.*)/s)
    query.set(formDecoded(name ?? ''), formDecoded(value ?? ''))
  }
  return query
}

function formDecoded(text: string): string {
  return percentDecoded(text.replaceAll('+', '%20'))
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new S3Error('InvalidURI', 'The URI is not percent-encoded UTF-8.')
  }
}
