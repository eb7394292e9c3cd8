import { describe, expect, it } from 'vitest'
import { createRollupRuns } from '../../../lib/rollup/rollup-runs.ts'
import type { TableBackend } from '../backend.ts'

const nowMs = Date.parse('2026-11-22T10:05:00Z')

export function rollupRunsConformance(backend: TableBackend): void {
  describe('the runs of the rollup', () => {
    it('are listed with what they did, the newest first', async () => {
      const store = createRollupRuns(await backend.emptyTable())
      const run = (id: string, startedMs: number) => ({
        id,
        startedMs,
        endedMs: startedMs + 5,
        foldedHours: 1,
        mergedPeriods: 20,
        rollupRowsWritten: 3_000_000,
        duplicatesDropped: 4,
        refusedLines: 0,
        backlogUnits: 5,
      })
      const runs = [run('c', nowMs + 1_000), run('a', nowMs + 2), run('b', nowMs)]
      for (const one of runs.toReversed()) await store.note(one)
      expect(await Array.fromAsync(store.list())).toEqual(runs)
    })
  })
}
