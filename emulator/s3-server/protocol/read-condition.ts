import type { IncomingHttpHeaders } from 'node:http'
import type { ObjectSummary } from '../store/object-table.ts'
import { etagListHas } from './etag.ts'
import { preconditionFailed } from './write-condition.ts'

/**
 * Holds a read's conditional headers against the object, by HTTP's order of precedence: an entity
 * tag decides before a date does.
 *
 * @returns whether the object is to be sent; if not, the client's copy is still good (304)
 * @throws {S3Error} PreconditionFailed
 */
export function isWanted(
  headers: IncomingHttpHeaders,
  object: Pick<ObjectSummary, 'etag' | 'modifiedMs'>,
): boolean {
  const ifMatch = headers['if-match']
  const unmodifiedSinceMs = readDateMs(headers['if-unmodified-since'])
  const ifNoneMatch = headers['if-none-match']
  const modifiedSinceMs = readDateMs(headers['if-modified-since'])
  // HTTP dates have no fractions of a second.
  const modifiedMs = Math.floor(object.modifiedMs / 1000) * 1000

  if (ifMatch !== undefined) {
    if (!etagListHas(ifMatch, object.etag)) throw preconditionFailed('If-Match')
  } else if (unmodifiedSinceMs !== undefined && modifiedMs > unmodifiedSinceMs) {
    throw preconditionFailed('If-Unmodified-Since')
  }
  if (ifNoneMatch !== undefined) return !etagListHas(ifNoneMatch, object.etag)
  return modifiedSinceMs === undefined || modifiedMs > modifiedSinceMs
}

function readDateMs(header: string | undefined): number | undefined {
  const timeMs = header === undefined ? Number.NaN : Date.parse(header)
  return Number.isNaN(timeMs) ? undefined : timeMs
}
