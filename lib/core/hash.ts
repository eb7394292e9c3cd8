/** 32-bit FNV-1a over UTF-16 code units (Fowler, Noll, Vo; RFC 9923), the same everywhere. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193)
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193)
  }
  return hash >>> 0
}

/** Which of `count` buckets a key belongs to, from 0. */
export function bucketOf(key: string, count: number): number {
  return fnv1a(key) % count
}
