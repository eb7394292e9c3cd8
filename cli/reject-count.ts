import { hourMs, hourName } from '../lib/core/index.ts'
import { compareSequenceNumbers } from '../lib/core/sequence-number.ts'
import type { RejectLine, Rejects } from '../lib/records/rejects.ts'

export interface RejectCount {
  readonly reason: string
  readonly field: string | null
  readonly records: number
  /** One of them, as it was told. */
  readonly message: string
}

/**
 * Counts rejected records by field and reason, the most first; each record once, since a batch
 * that was delivered again in another cut stands there again.
 */
export async function countRejects(
  rejects: Rejects,
  hourPrefixes: readonly string[],
  isWanted: (line: RejectLine) => boolean,
): Promise<RejectCount[]> {
  const seen = new Set<string>()
  const counts = new Map<string, RejectCount>()
  for (const prefix of hourPrefixes) {
    for await (const objectKey of rejects.list(prefix)) {
      for await (const line of unseenRejects(rejects, objectKey, seen, isWanted)) {
        const { reason, field, message } = line
        const before = counts.get(`${field}#${reason}`) ?? { reason, field, message, records: 0 }
        counts.set(`${field}#${reason}`, { ...before, records: before.records + 1 })
      }
    }
  }
  return [...counts.values()].sort((a, b) => b.records - a.records)
}

/** The records of an object that are wanted and not seen yet; from then on they are. */
export async function* unseenRejects(
  rejects: Rejects,
  objectKey: string,
  seen: Set<string>,
  isWanted: (line: RejectLine) => boolean = () => true,
): AsyncGenerator<RejectLine> {
  for await (const line of rejects.read(objectKey)) {
    const { shard, sequenceNumber, subSequenceNumber } = line
    const id = `${shard}#${sequenceNumber}#${subSequenceNumber}`
    if (seen.has(id) || !isWanted(line)) continue
    seen.add(id)
    yield line
  }
}

/** The hours of arrival between two moments, as rejects are kept by. */
export function hourPrefixes(fromMs: number, toMs: number): string[] {
  const prefixes: string[] = []
  for (let atMs = fromMs - hourMs; atMs < toMs + hourMs; atMs += hourMs) {
    prefixes.push(`${hourName(atMs).replace('T', '/')}/`)
  }
  return prefixes
}

/** Tells the records that came at or after a shard's first sequence number. */
export function arrivedFrom(
  firstSequenceNumbers: ReadonlyMap<string, string>,
): (line: RejectLine) => boolean {
  return ({ shard, sequenceNumber }) => {
    const first = firstSequenceNumbers.get(shard)
    return first !== undefined && compareSequenceNumbers(sequenceNumber, first) >= 0
  }
}
