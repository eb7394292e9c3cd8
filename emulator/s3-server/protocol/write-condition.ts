import type { IncomingHttpHeaders } from 'node:http'
import { sameEtag } from './etag.ts'
import { S3Error } from './s3-error.ts'

/** What must hold of the present object for a write or a deletion to go ahead. */
export type WriteCondition = { readonly ifAbsent: true } | { readonly ifEtag: string }

/** The condition's entity tag that any present object meets; S3 knows it for deletions only. */
const anyEtag = '*'

/**
 * Reads the condition of a write. Those that S3 does not know are refused, not passed over.
 *
 * @throws {S3Error} NotImplemented
 */
export function readPutCondition(headers: IncomingHttpHeaders): WriteCondition | undefined {
  refuseDates(headers)
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers
  if (ifMatch !== undefined && ifNoneMatch !== undefined) {
    throw new S3Error('NotImplemented', 'If-Match and If-None-Match cannot be combined on a write.')
  }
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch === anyEtag) return { ifAbsent: true }
    throw new S3Error('NotImplemented', 'If-None-Match on a write must be *.')
  }
  if (ifMatch === undefined) return undefined
  if (ifMatch === anyEtag) {
    throw new S3Error('NotImplemented', 'If-Match on a write must be an entity tag.')
  }
  return { ifEtag: ifMatch }
}

/**
 * Reads the condition of a deletion.
 *
 * @throws {S3Error} NotImplemented
 */
export function readDeleteCondition(headers: IncomingHttpHeaders): WriteCondition | undefined {
  refuseDates(headers)
  if (headers['if-none-match'] !== undefined) {
    throw new S3Error('NotImplemented', 'If-None-Match is not supported on a deletion.')
  }
  const ifMatch = headers['if-match']
  return ifMatch === undefined ? undefined : { ifEtag: ifMatch }
}

/**
 * Holds the condition against the present object, of which it needs the entity tag only.
 *
 * @throws {S3Error} PreconditionFailed; NoSuchKey when an object to be replaced is not there
 */
export function checkPutCondition(
  condition: WriteCondition | undefined,
  current: { readonly etag: string } | undefined,
): void {
  if (condition === undefined) return
  if ('ifAbsent' in condition) {
    if (current !== undefined) throw preconditionFailed('If-None-Match')
    return
  }
  if (current === undefined) throw new S3Error('NoSuchKey', 'There is no object to match.')
  if (!sameEtag(condition.ifEtag, current.etag)) throw preconditionFailed('If-Match')
}

/** Whether a deletion may go ahead, by its condition and the present object. */
export function meetsDeleteCondition(
  condition: WriteCondition | undefined,
  current: { readonly etag: string } | undefined,
): boolean {
  if (condition === undefined) return true
  if (current === undefined || 'ifAbsent' in condition) return false
  return condition.ifEtag === anyEtag || sameEtag(condition.ifEtag, current.etag)
}

/** The refusal of a request whose condition does not hold. */
export function preconditionFailed(header: string): S3Error {
  return new S3Error('PreconditionFailed', `The condition of ${header} did not hold.`)
}

function refuseDates(headers: IncomingHttpHeaders): void {
  for (const name of ['if-modified-since', 'if-unmodified-since']) {
    if (headers[name] !== undefined) {
      throw new S3Error('NotImplemented', `${name} is not supported on a write.`)
    }
  }
}
