import { hourMs, hourName } from '../core/index.ts'
import { compareSequenceNumbers } from '../core/sequence-number.ts'
import type { Arrival } from '../records/arrived-within.ts'
import type { RejectLine, Rejects } from '../records/rejects.ts'
import { unseenRejects } from './list-rejects.ts'

export interface RejectCount {
  readonly reason: string
  readonly field: string | null
  readonly records: number
  /** One of them, as it was told. */
  readonly message: string
}

/**
 * Counts the rejected records of a time of arrival by field and reason, the most first; each record
 * once. The time is taken by whole hours, and an hour more on either side.
 */
export async function countRejects(
  rejects: Rejects,
  arrived: Arrival,
  isWanted: (line: RejectLine) => boolean = () => true,
): Promise<RejectCount[]> {
  const seen = new Set<string>()
  const counts = new Map<string, RejectCount>()
  for (const prefix of hourPrefixes(arrived)) {
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

/** The hours of arrival between two moments, as rejects are kept by. */
function hourPrefixes({ fromMs, toMs }: Arrival): string[] {
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
