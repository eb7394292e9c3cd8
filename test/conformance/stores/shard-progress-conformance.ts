import { describe, expect, it } from 'vitest'
import { createShardProgressStore } from '../../../lib/ledger/shard-progress.ts'
import type { TableBackend } from '../backend.ts'

const nowMs = Date.parse('2026-11-22T10:05:00Z')

export function shardProgressConformance(backend: TableBackend): void {
  describe('the progress of shards', () => {
    it('is how far they have come, the last that was noted of each', async () => {
      const store = createShardProgressStore(await backend.emptyTable())
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

    it('never goes back, whoever notes it', async () => {
      const table = await backend.emptyTable()
      const note = (sequenceNumber: string) => ({
        shard: 'shardId-0',
        sequenceNumber,
        arrivedMs: nowMs - 1,
        doneMs: nowMs,
      })
      const old = createShardProgressStore(table)
      await old.note(note('9'))
      const young = createShardProgressStore(table)
      await young.note(note('8'))
      await young.note(note('100'))
      await old.note(note('20'))
      expect(await Array.fromAsync(old.list())).toEqual([note('100')])
      await old.note(note('101'))
      expect(await Array.fromAsync(young.list())).toEqual([note('101')])
    })
  })
}
