import aggregator from 'aws-kinesis-agg'
import type { SeededRandom } from '../data/seeded-random.ts'
import type { FaultSource } from './faults.ts'
import { isMalformed } from './made-events.ts'

/** What becomes one record of the stream, with the events in it. */
export interface PutEntry {
  readonly data: Uint8Array
  readonly lines: readonly Buffer[]
}

/** Some producers put several events into one record. Others don't, nor do these with every event. */
const aggregatedShare = 0.15

/** Events as entries of PutRecords, in their order. */
export function packed(
  lines: readonly Buffer[],
  random: SeededRandom,
  faults: FaultSource,
): PutEntry[] {
  const entries: PutEntry[] = []
  for (let at = 0; at < lines.length; ) {
    const aggregates = faults.happens('aggregated by the KPL', aggregatedShare)
    const some = lines.slice(at, at + (aggregates ? 1 + random.below(lines.length) : 1))
    if (some.length > 1 && some.some(isMalformed)) {
      faults.count('malformed event in an aggregated record')
    }
    entries.push({ data: aggregates ? aggregated(some) : (some[0] as Buffer), lines: some })
    at += some.length
  }
  return entries
}

/** The package's types leave out its aggregator, whose `aggregate` takes turns that no seed decides. */
const { RecordAggregator } = aggregator as unknown as {
  readonly RecordAggregator: new () => {
    addUserRecord(record: { readonly partitionKey: string; readonly data: Buffer }): void
    build(): { readonly data: Buffer }
  }
}

function aggregated(lines: readonly Buffer[]): Buffer {
  const record = new RecordAggregator()
  for (const data of lines) record.addUserRecord({ partitionKey: 'key', data })
  return record.build().data
}
