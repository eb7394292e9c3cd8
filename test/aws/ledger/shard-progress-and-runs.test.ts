import { describe, expect, it } from 'vitest'
import { createRollupRuns } from '../../../lib/aws/ledger/rollup-runs.ts'
import { createShardProgressStore } from '../../../lib/aws/ledger/shard-progress.ts'
import { MemoryTable } from '../../conformance/memory-table.ts'

const nowMs = Date.parse('2026-11-22T10:05:00Z')

describe('what is noted for people', () => {
  it('of shards is how far they have come', async () => {
    const store = createShardProgressStore(new MemoryTable())
    const note = (shard: string, sequenceNumber: string) => ({
      shard,
      sequenceNumber,
      arrivedMs: nowMs - 1,
      doneMs: nowMs,
    })
    await store.note(note('shardId-1', '1'))
    await store.note(note('shardId-0', '9'.repeat(129)))
    await store.note(note('shardId-1', '2'))
    expect(await Array.fromAsync(store.list())).toEqual([
      note('shardId-0', '9'.repeat(129)),
      note('shardId-1', '2'),
    ])
  })

  it('of runs is what they did, the newest first', async () => {
    const store = createRollupRuns(new MemoryTable())
    const run = (id: string, startedMs: number) => ({
      id,
      startedMs,
      endedMs: startedMs + 5,
      foldedHours: 1,
      mergedPeriods: 2,
      writtenRows: 3,
      droppedDuplicates: 4,
      unreadableLines: 1,
      leftUnits: 5,
    })
    const runs = [run('c', nowMs + 1_000), run('a', nowMs + 2), run('b', nowMs)]
    for (const one of runs.toReversed()) await store.note(one)
    expect(await Array.fromAsync(store.list())).toEqual(runs)
  })
})
