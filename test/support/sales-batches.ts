import type { KinesisBatch } from '../../lib/records/kinesis-batch.ts'
import { StreamRecords } from '../../lib/records/stream-records.ts'

export interface SaleEvent {
  readonly id: string
  /** RFC 3339. */
  readonly at: string
  readonly product: string
  readonly quantity?: number
  /** A decimal text. */
  readonly price?: string
}

export function lineOf({ id, at, product, quantity = 1, price = '1' }: SaleEvent): string {
  return `{"id":${JSON.stringify(id)},"at":"${at}","product":${JSON.stringify(product)},"quantity":${quantity},"price":${price}}`
}

/** A record of a stream: its number within its shard, and what it holds. */
export type SequencedLine = readonly [sequence: number, line: string | Uint8Array]

/** One invocation's records of a shard, all arrived at one instant. */
export function batchOf(
  shardNumber: number,
  records: readonly SequencedLine[],
  arrivedMs: number,
): KinesisBatch {
  const numbered = records.map(([sequence, line]) => ({
    sequenceNumber: String(10n ** 55n + BigInt(sequence)),
    subSequenceNumber: 0,
    arrivedMs,
    data: typeof line === 'string' ? Buffer.from(line) : line,
  }))
  return {
    shard: `shardId-${String(shardNumber).padStart(12, '0')}`,
    firstSequenceNumber: numbered[0]?.sequenceNumber ?? '',
    lastSequenceNumber: numbered.at(-1)?.sequenceNumber ?? '',
    arrivedMs,
    records: StreamRecords.of(numbered),
  }
}
