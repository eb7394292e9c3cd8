import { createHash } from 'node:crypto'
import { checksumType, compositeChecksum, readChecksumClaim } from '../protocol/checksum.ts'
import { quotedEtag, sameEtag } from '../protocol/etag.ts'
import { receiveText } from '../protocol/payload.ts'
import { S3Error } from '../protocol/s3-error.ts'
import { readPutCondition } from '../protocol/write-condition.ts'
import { buildXml, isElement, parseXml } from '../protocol/xml.ts'
import type { BodyFiles } from '../store/body-files.ts'
import type { PartRecord } from '../store/upload-table.ts'
import { requireUpload } from './multipart-operations.ts'
import { replaceObject } from './object-operations.ts'
import type { Operation } from './operation.ts'

const MIN_PART_BYTES = 5 * 1024 ** 2

interface PartClaim {
  readonly number: number
  readonly etag: string
  /** In base64, by the name of its element, such as `ChecksumCRC32`. */
  readonly checksums: readonly (readonly [string, string])[]
}

/**
 * CompleteMultipartUpload. The parts are copied one after another into one body, so that an object
 * is always one file; meanwhile the upload takes no other request.
 */
export const completeMultipartUpload: Operation = async (request, { store, nowMs }) => {
  const { bucket, key, headers, message } = request
  if (readChecksumClaim(headers) !== undefined) {
    throw new S3Error('NotImplemented', 'A checksum of the whole object is not supported here.')
  }
  const condition = readPutCondition(headers)
  const claims = readPartClaims(await receiveText(message))
  const upload = requireUpload(store, request)
  const stored = store.uploads.listParts(upload.id)
  const parts = chooseParts(claims, stored)
  const sizeBytes = parts.reduce((total, part) => total + part.sizeBytes, 0)
  const etag = multipartEtag(parts)
  const checksum = compositeChecksum(parts.map((part) => part.checksum))

  await store.uploads.whileCompleting(upload.id, () =>
    store.withNewBody(async (body) => {
      await store.bodies.write(body, concatenated(store.bodies, parts))
      await store.commit(() => {
        const record = {
          ...{ key, body, sizeBytes, etag, checksum },
          modifiedMs: nowMs(),
          headers: upload.headers,
        }
        const replaced = replaceObject(store.objects, bucket, record, condition)
        store.uploads.delete(upload.id)
        return { kept: body, released: [...replaced, ...stored.map((part) => part.body)] }
      })
    }),
  )
  return {
    status: 200,
    body: buildXml('CompleteMultipartUploadResult', {
      Location: `/${bucket}/${key}`,
      Bucket: bucket,
      Key: key,
      ETag: quotedEtag(etag),
      ...(checksum && {
        [checksumElementName(checksum.algorithm)]: checksum.value,
        ChecksumType: checksumType(checksum),
      }),
    }),
  }
}

function readPartClaims(text: string): PartClaim[] {
  const content = parseXml(text, 'CompleteMultipartUpload', 'Part')
  const entries = Array.isArray(content.Part) ? content.Part : []
  if (entries.length === 0) throw new S3Error('MalformedXML', 'An upload needs at least one part.')
  return entries.map((entry: unknown) => {
    if (!isElement(entry) || !/^\d{1,5}$/.test(String(entry.PartNumber))) {
      throw new S3Error('MalformedXML', 'Every part needs its number.')
    }
    return {
      number: Number(entry.PartNumber),
      etag: String(entry.ETag ?? ''),
      checksums: Object.entries(entry)
        .filter(([name]) => name.startsWith('Checksum'))
        .map(([name, value]) => [name, String(value)] as const),
    }
  })
}

function chooseParts(claims: readonly PartClaim[], stored: readonly PartRecord[]): PartRecord[] {
  const byNumber = new Map(stored.map((part) => [part.number, part]))
  if (claims.some((claim, index) => claim.number <= (claims[index - 1]?.number ?? 0))) {
    throw new S3Error('InvalidPartOrder', 'Parts must be listed by ascending number.')
  }
  return claims.map((claim, index) => {
    const part = byNumber.get(claim.number)
    if (part === undefined || !agrees(claim, part)) {
      throw new S3Error('InvalidPart', `Part ${claim.number} is missing or differs.`)
    }
    if (index < claims.length - 1 && part.sizeBytes < MIN_PART_BYTES) {
      throw new S3Error('EntityTooSmall', `Part ${claim.number} is too small for its place.`)
    }
    return part
  })
}

function agrees(claim: PartClaim, { etag, checksum }: PartRecord): boolean {
  return (
    sameEtag(claim.etag, etag) &&
    claim.checksums.every(
      ([name, value]) =>
        checksum !== undefined &&
        name === checksumElementName(checksum.algorithm) &&
        value === checksum.value,
    )
  )
}

function checksumElementName(algorithm: string): string {
  return `Checksum${algorithm.toUpperCase()}`
}

function multipartEtag(parts: readonly PartRecord[]): string {
  const md5 = createHash('md5')
  for (const part of parts) md5.update(Buffer.from(part.etag, 'hex'))
  return `${md5.digest('hex')}-${parts.length}`
}

async function* concatenated(
  bodies: BodyFiles,
  parts: readonly PartRecord[],
): AsyncGenerator<Buffer> {
  for (const { body, sizeBytes } of parts) {
    if (sizeBytes > 0) yield* bodies.read(body, sizeBytes, 0, sizeBytes - 1)
  }
}
