/** An entity tag as headers and documents show it. */
export function quotedEtag(etag: string): string {
  return `"${etag}"`
}

/** Whether an entity tag from a request, with or without quotes, is this one. */
export function sameEtag(given: string, etag: string): boolean {
  return given.trim().replace(/^"(.*)"$/, '$1') === etag
}

/** Whether a list of entity tags, as in If-None-Match, is `*` or holds this one. */
export function etagListHas(list: string, etag: string): boolean {
  return list
    .split(',')
    .some((given) => given.trim() === '*' || sameEtag(given.trim().replace(/^W\//, ''), etag))
}
