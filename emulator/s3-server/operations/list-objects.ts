import { quotedEtag } from '../protocol/etag.ts'
import { S3Error } from '../protocol/s3-error.ts'
import { buildXml } from '../protocol/xml.ts'
import { type ListingPage, listPage, pastKey } from '../store/listing-page.ts'
import type { Operation } from './operation.ts'

const MAX_PAGE_ENTRIES = 1000
const NOTHING_LISTED: ListingPage = { objects: [], commonPrefixes: [], next: undefined }

/** ListObjectsV2. */
export const listObjectsV2: Operation = ({ bucket, query }, { store }) => {
  if (query.get('list-type') !== '2') {
    throw new S3Error('NotImplemented', 'Only version 2 of ListObjects is supported.')
  }
  store.buckets.require(bucket)
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const startAfter = query.get('start-after')
  const token = query.get('continuation-token')
  const maxKeys = readMaxKeys(query.get('max-keys'))
  const encode = readEncoding(query.get('encoding-type'))
  const from = token === undefined ? pastKey(startAfter ?? '') : decodeToken(token)

  const page =
    maxKeys === 0
      ? NOTHING_LISTED
      : listPage((first, before) => store.objects.scan(bucket, first, before), {
          prefix,
          delimiter,
          from,
          maxEntries: maxKeys,
        })
  return {
    status: 200,
    body: buildXml('ListBucketResult', {
      Name: bucket,
      Prefix: encode(prefix),
      Delimiter: delimiter === '' ? undefined : encode(delimiter),
      StartAfter: startAfter === undefined ? undefined : encode(startAfter),
      MaxKeys: maxKeys,
      EncodingType: query.get('encoding-type'),
      KeyCount: page.objects.length + page.commonPrefixes.length,
      ContinuationToken: token,
      IsTruncated: page.next !== undefined,
      NextContinuationToken: page.next && Buffer.from(page.next).toString('base64url'),
      Contents: page.objects.map((object) => ({
        Key: encode(object.key),
        LastModified: new Date(object.modifiedMs).toISOString(),
        ETag: quotedEtag(object.etag),
        Size: object.sizeBytes,
        StorageClass: 'STANDARD',
      })),
      CommonPrefixes: page.commonPrefixes.map((common) => ({ Prefix: encode(common) })),
    }),
  }
}

function readMaxKeys(text: string | undefined): number {
  if (text === undefined) return MAX_PAGE_ENTRIES
  if (!/^\d{1,10}$/.test(text)) {
    throw new S3Error('InvalidArgument', 'max-keys must be a whole number, not negative.')
  }
  return Math.min(Number(text), MAX_PAGE_ENTRIES)
}

function readEncoding(encodingType: string | undefined): (text: string) => string {
  if (encodingType === undefined) return (text) => text
  if (encodingType === 'url') return (text) => encodeURIComponent(text).replaceAll('%2F', '/')
  throw new S3Error('InvalidArgument', 'The encoding type must be url.')
}

function decodeToken(token: string): Uint8Array {
  const bytes = Buffer.from(token, 'base64url')
  if (token === '' || bytes.toString('base64url') !== token) {
    throw new S3Error('InvalidArgument', 'The continuation token is incorrect.')
  }
  return bytes
}
