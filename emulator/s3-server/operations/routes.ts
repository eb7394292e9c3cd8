import { S3Error } from '../protocol/s3-error.ts'
import type { S3Request } from '../protocol/s3-request.ts'
import { createBucket, headBucket, listBuckets } from './bucket-operations.ts'
import { completeMultipartUpload } from './complete-multipart-upload.ts'
import { deleteObjects } from './delete-objects.ts'
import { listObjectsV2 } from './list-objects.ts'
import { abortMultipartUpload, createMultipartUpload, uploadPart } from './multipart-operations.ts'
import { deleteObject, getObject, headObject, putObject } from './object-operations.ts'
import type { Operation } from './operation.ts'

interface Route {
  readonly method: string
  readonly level: 'service' | 'bucket' | 'object'
  /** Query parameters that must be there; they tell apart operations of one method. */
  readonly requires: readonly string[]
  /** Query parameters that may be there besides. */
  readonly allows: readonly string[]
  readonly operation: Operation
}

const LISTING_PARAMETERS = [
  'continuation-token',
  'delimiter',
  'encoding-type',
  'max-keys',
  'prefix',
  'start-after',
]

const routes: readonly Route[] = [
  route('GET', 'service', listBuckets),
  route('PUT', 'bucket', createBucket),
  route('HEAD', 'bucket', headBucket),
  route('GET', 'bucket', listObjectsV2, ['list-type'], LISTING_PARAMETERS),
  route('POST', 'bucket', deleteObjects, ['delete']),
  route('PUT', 'object', putObject),
  route('GET', 'object', getObject),
  route('HEAD', 'object', headObject),
  route('DELETE', 'object', deleteObject),
  route('POST', 'object', createMultipartUpload, ['uploads']),
  route('PUT', 'object', uploadPart, ['partNumber', 'uploadId']),
  route('POST', 'object', completeMultipartUpload, ['uploadId']),
  route('DELETE', 'object', abortMultipartUpload, ['uploadId']),
]

// The SDK names the operation in x-id, which says nothing that the rest does not.
const IGNORED_PARAMETER = 'x-id'

const KNOWN_AMZ_HEADERS = new Set([
  'x-amz-checksum-algorithm',
  'x-amz-checksum-mode',
  'x-amz-checksum-type',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-decoded-content-length',
  'x-amz-expected-bucket-owner',
  'x-amz-sdk-checksum-algorithm',
  'x-amz-security-token',
  'x-amz-trailer',
  'x-amz-user-agent',
])

/**
 * Finds the operation that a request asks for.
 *
 * A query parameter or header of S3 that is not known here is refused, never passed over: a program
 * that relies on it must find that out here, not on AWS.
 *
 * @throws {S3Error} NotImplemented
 */
export function findOperation(request: S3Request): Operation {
  const unknownHeader = Object.keys(request.headers).find(isUnknownHeader)
  if (unknownHeader !== undefined) {
    throw new S3Error('NotImplemented', `The header ${unknownHeader} is not supported.`)
  }
  const found = routes.find((candidate) => fits(candidate, request))
  if (found === undefined) {
    const parameters = [...request.query.keys()].join(', ') || 'no parameters'
    throw new S3Error(
      'NotImplemented',
      `${request.method} on the ${levelOf(request)} with ${parameters} is not supported.`,
    )
  }
  return found.operation
}

function route(
  method: string,
  level: Route['level'],
  operation: Operation,
  requires: readonly string[] = [],
  allows: readonly string[] = [],
): Route {
  return { method, level, operation, requires, allows }
}

function fits({ method, level, requires, allows }: Route, request: S3Request): boolean {
  return (
    method === request.method &&
    level === levelOf(request) &&
    requires.every((name) => request.query.has(name)) &&
    [...request.query.keys()].every(
      (name) => name === IGNORED_PARAMETER || requires.includes(name) || allows.includes(name),
    )
  )
}

function levelOf({ bucket, key }: S3Request): Route['level'] {
  if (key !== '') return 'object'
  return bucket === '' ? 'service' : 'bucket'
}

function isUnknownHeader(name: string): boolean {
  if (name === 'if-range') return true
  if (!name.startsWith('x-amz-') || KNOWN_AMZ_HEADERS.has(name)) return false
  return !name.startsWith('x-amz-meta-') && !name.startsWith('x-amz-checksum-')
}
