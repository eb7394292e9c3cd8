import { receiveText } from '../protocol/payload.ts'
import { S3Error } from '../protocol/s3-error.ts'
import { meetsDeleteCondition } from '../protocol/write-condition.ts'
import { buildXml, isElement, parseXml } from '../protocol/xml.ts'
import type { ObjectTable } from '../store/object-table.ts'
import type { Operation } from './operation.ts'

const MAX_KEYS = 1000
const KNOWN_ELEMENTS = new Set(['Key', 'ETag', '#text'])

interface Deletion {
  readonly key: string
  readonly etag: string | undefined
}

/** DeleteObjects: all of its deletions are made in one transaction. */
export const deleteObjects: Operation = async ({ bucket, headers, message }, { store }) => {
  store.buckets.require(bucket)
  if (headers['content-md5'] === undefined && !hasChecksum(Object.keys(headers))) {
    throw new S3Error('InvalidRequest', 'Content-MD5 or a checksum is required.')
  }
  const { deletions, isQuiet } = readDeletions(await receiveText(message))
  const failed: Deletion[] = []
  const released: string[] = []
  await store.commit(() => {
    for (const deletion of deletions) {
      if (!deleteOne(store.objects, bucket, deletion, released)) failed.push(deletion)
    }
    return { released }
  })
  const deleted = isQuiet ? [] : deletions.filter((deletion) => !failed.includes(deletion))
  return {
    status: 200,
    body: buildXml('DeleteResult', {
      Deleted: deleted.map(({ key }) => ({ Key: key })),
      Error: failed.map(({ key }) => ({
        Key: key,
        Code: 'PreconditionFailed',
        Message: 'The condition of ETag did not hold.',
      })),
    }),
  }
}

function hasChecksum(headerNames: string[]): boolean {
  return headerNames.some((name) => /^x-amz-(checksum-|trailer$)/.test(name))
}

function deleteOne(
  objects: ObjectTable,
  bucket: string,
  { key, etag }: Deletion,
  released: string[],
): boolean {
  const current = objects.find(bucket, key)
  if (!meetsDeleteCondition(etag === undefined ? undefined : { ifEtag: etag }, current)) {
    return false
  }
  objects.delete(bucket, key)
  if (current !== undefined) released.push(current.body)
  return true
}

function readDeletions(text: string): { deletions: Deletion[]; isQuiet: boolean } {
  const content = parseXml(text, 'Delete', 'Object')
  const entries = Array.isArray(content.Object) ? content.Object : []
  if (entries.length === 0 || entries.length > MAX_KEYS) {
    throw new S3Error('MalformedXML', `Between 1 and ${MAX_KEYS} keys are deleted at once.`)
  }
  return { deletions: entries.map(readDeletion), isQuiet: content.Quiet === 'true' }
}

function readDeletion(entry: unknown): Deletion {
  if (!isElement(entry) || typeof entry.Key !== 'string' || entry.Key === '') {
    throw new S3Error('MalformedXML', 'Every object to delete needs a key.')
  }
  const unknown = Object.keys(entry).find((name) => !KNOWN_ELEMENTS.has(name))
  if (unknown !== undefined) {
    throw new S3Error('NotImplemented', `Deletion by ${unknown} is not supported.`)
  }
  return { key: entry.Key, etag: entry.ETag === undefined ? undefined : String(entry.ETag) }
}
