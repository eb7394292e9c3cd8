import type { ObjectSummary } from './object-table.ts'

/** What to list. */
export interface ListingRequest {
  readonly prefix: string
  /** Keys that go on with it after the prefix are rolled up; empty for none. */
  readonly delimiter: string
  /** The first key that may be listed, in UTF-8. */
  readonly from: Uint8Array
  /** How many keys and common prefixes a page holds, at least 1. */
  readonly maxEntries: number
}

/** One page of a listing, in UTF-8 byte order. */
export interface ListingPage {
  readonly objects: readonly ObjectSummary[]
  readonly commonPrefixes: readonly string[]
  /** Where the next page begins, or undefined if there is none. */
  readonly next: Uint8Array | undefined
}

/** Objects in order from the key `from` up to but not including `before`. */
export type ObjectScan = (from: Uint8Array, before: Uint8Array) => Iterable<ObjectSummary>

/**
 * Makes one page. Keys that share a common prefix are leapt over, not read, so the work grows with
 * the page alone.
 */
export function listPage(scan: ObjectScan, request: ListingRequest): ListingPage {
  const { prefix, delimiter, maxEntries } = request
  const before = pastPrefix(prefix)
  const objects: ObjectSummary[] = []
  const commonPrefixes: string[] = []
  let from = laterOf(request.from, Buffer.from(prefix))
  for (;;) {
    let leapt = false
    for (const object of scan(from, before)) {
      if (objects.length + commonPrefixes.length === maxEntries) {
        return { objects, commonPrefixes, next: from }
      }
      const common = commonPrefixOf(object.key, prefix, delimiter)
      if (common !== undefined) {
        commonPrefixes.push(common)
        from = pastPrefix(common)
        leapt = true
        break
      }
      objects.push(object)
      from = pastKey(object.key)
    }
    if (!leapt) return { objects, commonPrefixes, next: undefined }
  }
}

/** The bytes right after a key: no other key lies between. */
export function pastKey(key: string): Uint8Array {
  return Buffer.concat([Buffer.from(key), Buffer.of(0x00)])
}

/** Bytes after every key that begins with the prefix: no UTF-8 text holds the byte 0xff. */
function pastPrefix(prefix: string): Uint8Array {
  return Buffer.concat([Buffer.from(prefix), Buffer.of(0xff)])
}

function laterOf(left: Uint8Array, right: Uint8Array): Uint8Array {
  return Buffer.compare(left, right) < 0 ? right : left
}

function commonPrefixOf(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === '') return undefined
  const at = key.indexOf(delimiter, prefix.length)
  return at === -1 ? undefined : key.slice(0, at + delimiter.length)
}
