import { readByteRange } from '../protocol/byte-range.ts'
import { checksumHeaders } from '../protocol/checksum.ts'
import { quotedEtag } from '../protocol/etag.ts'
import { readObjectHeaders } from '../protocol/object-headers.ts'
import { receivePayload } from '../protocol/payload.ts'
import { isWanted } from '../protocol/read-condition.ts'
import { S3Error } from '../protocol/s3-error.ts'
import type { S3Request } from '../protocol/s3-request.ts'
import {
  checkPutCondition,
  meetsDeleteCondition,
  preconditionFailed,
  readDeleteCondition,
  readPutCondition,
  type WriteCondition,
} from '../protocol/write-condition.ts'
import type { ObjectRecord, ObjectTable } from '../store/object-table.ts'
import type { Operation, OperationContext, S3Response } from './operation.ts'

/** PutObject. */
export const putObject: Operation = (request, { store, nowMs }) => {
  const { bucket, key, message } = request
  store.buckets.require(bucket)
  const condition = readPutCondition(request.headers)
  const headers = readObjectHeaders(request.headers)
  return store.withNewBody(async (body) => {
    const payload = await receivePayload(message, (chunks) => store.bodies.write(body, chunks))
    const { sizeBytes, checksum } = payload
    const etag = payload.md5.toString('hex')
    await store.commit(() => {
      const record = { key, body, sizeBytes, etag, modifiedMs: nowMs(), headers, checksum }
      return { kept: body, released: replaceObject(store.objects, bucket, record, condition) }
    })
    return { status: 200, headers: { etag: quotedEtag(etag), ...checksumHeaders(checksum) } }
  })
}

/**
 * Puts an object's row in place of its former one, if the condition holds of that.
 *
 * @returns the bodies that are no longer needed
 * @throws {S3Error} PreconditionFailed, NoSuchKey
 */
export function replaceObject(
  objects: ObjectTable,
  bucket: string,
  record: ObjectRecord,
  condition: WriteCondition | undefined,
): string[] {
  const current = objects.find(bucket, record.key)
  checkPutCondition(condition, current)
  objects.put(bucket, record)
  return current === undefined ? [] : [current.body]
}

/** GetObject. */
export const getObject: Operation = (request, context) => {
  const { object, range, response } = describeObject(request, context)
  if (response.status === 304 || object.sizeBytes === 0) return response
  const { first, last } = range ?? { first: 0, last: object.sizeBytes - 1 }
  return {
    ...response,
    body: context.store.bodies.read(object.body, object.sizeBytes, first, last),
  }
}

/** HeadObject. */
export const headObject: Operation = (request, context) => describeObject(request, context).response

/** DeleteObject. */
export const deleteObject: Operation = async ({ bucket, key, headers }, { store }) => {
  store.buckets.require(bucket)
  const condition = readDeleteCondition(headers)
  await store.commit(() => {
    const current = store.objects.find(bucket, key)
    if (!meetsDeleteCondition(condition, current)) throw preconditionFailed('If-Match')
    store.objects.delete(bucket, key)
    return { released: current === undefined ? [] : [current.body] }
  })
  return { status: 204 }
}

function describeObject(
  { bucket, key, headers }: S3Request,
  { store }: OperationContext,
): {
  object: ObjectRecord
  range: ReturnType<typeof readByteRange>
  response: S3Response
} {
  store.buckets.require(bucket)
  const object = store.objects.find(bucket, key)
  if (object === undefined) throw new S3Error('NoSuchKey', 'The specified key does not exist.')
  const validators = {
    etag: quotedEtag(object.etag),
    'last-modified': new Date(object.modifiedMs).toUTCString(),
  }
  if (!isWanted(headers, object)) {
    return { object, range: undefined, response: { status: 304, headers: validators } }
  }
  const range = readByteRange(headers.range, object.sizeBytes)
  const sentBytes = range === undefined ? object.sizeBytes : range.last - range.first + 1
  const wantsChecksum = headers['x-amz-checksum-mode'] === 'ENABLED' && range === undefined
  return {
    object,
    range,
    response: {
      status: range === undefined ? 200 : 206,
      headers: {
        ...object.headers,
        ...validators,
        ...(wantsChecksum ? checksumHeaders(object.checksum) : {}),
        ...(range && { 'content-range': `bytes ${range.first}-${range.last}/${object.sizeBytes}` }),
        'accept-ranges': 'bytes',
        'content-length': String(sentBytes),
      },
    },
  }
}
