import { randomUUID } from 'node:crypto'
import { checksumHeaders, parseChecksumAlgorithm } from '../protocol/checksum.ts'
import { quotedEtag } from '../protocol/etag.ts'
import { readObjectHeaders } from '../protocol/object-headers.ts'
import { receivePayload } from '../protocol/payload.ts'
import { S3Error } from '../protocol/s3-error.ts'
import type { S3Request } from '../protocol/s3-request.ts'
import { buildXml } from '../protocol/xml.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { Operation } from './operation.ts'

const MAX_PART_NUMBER = 10_000

/** CreateMultipartUpload. */
export const createMultipartUpload: Operation = ({ bucket, key, headers }, { store }) => {
  store.buckets.require(bucket)
  const algorithm = headers['x-amz-checksum-algorithm']
  if (algorithm !== undefined) parseChecksumAlgorithm(String(algorithm))
  if ((headers['x-amz-checksum-type'] ?? 'COMPOSITE') !== 'COMPOSITE') {
    throw new S3Error('NotImplemented', 'Only composite checksums of parts are supported.')
  }
  const uploadId = randomUUID()
  store.uploads.create(uploadId, bucket, key, readObjectHeaders(headers))
  return {
    status: 200,
    body: buildXml('InitiateMultipartUploadResult', {
      Bucket: bucket,
      Key: key,
      UploadId: uploadId,
    }),
  }
}

/** UploadPart. */
export const uploadPart: Operation = (request, { store }) => {
  const uploadId = requireUpload(store, request).id
  const number = Number(request.query.get('partNumber'))
  if (!Number.isInteger(number) || number < 1 || number > MAX_PART_NUMBER) {
    throw new S3Error('InvalidArgument', `Part numbers run from 1 to ${MAX_PART_NUMBER}.`)
  }
  return store.withNewBody(async (body) => {
    const { message } = request
    const payload = await receivePayload(message, (chunks) => store.bodies.write(body, chunks))
    const { sizeBytes, checksum } = payload
    const etag = payload.md5.toString('hex')
    await store.commit(() => {
      // The upload may have been completed or aborted while the part was on its way.
      requireUpload(store, request)
      const part = { number, body, sizeBytes, etag, checksum }
      const former = store.uploads.putPart(uploadId, part)
      return { kept: body, released: former === undefined ? [] : [former] }
    })
    return { status: 200, headers: { etag: quotedEtag(etag), ...checksumHeaders(checksum) } }
  })
}

/** AbortMultipartUpload. */
export const abortMultipartUpload: Operation = async (request, { store }) => {
  await store.commit(() => {
    const { id } = requireUpload(store, request)
    const released = store.uploads.listParts(id).map((part) => part.body)
    store.uploads.delete(id)
    return { released }
  })
  return { status: 204 }
}

/**
 * The upload that a request names, with the headers that it was begun with.
 *
 * @throws {S3Error} NoSuchBucket, NoSuchUpload; OperationAborted while it is being completed
 */
export function requireUpload(
  store: ObjectStore,
  { bucket, key, query }: S3Request,
): { id: string; headers: Readonly<Record<string, string>> } {
  store.buckets.require(bucket)
  const id = query.get('uploadId') ?? ''
  const headers = store.uploads.findHeaders(id, bucket, key)
  if (headers === undefined) throw new S3Error('NoSuchUpload', 'There is no such upload.')
  if (store.uploads.isCompleting(id)) {
    throw new S3Error('OperationAborted', 'The upload is being completed by another request.')
  }
  return { id, headers }
}
