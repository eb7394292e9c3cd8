import { describe, expect, it } from 'vitest'
import { noFigures } from '../../../lib/contract/figures.ts'
import { createRollupRuns } from '../../../lib/rollup/rollup-runs.ts'
import { integer, recordOf, text } from '../../../lib/store/record.ts'
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
        ...noFigures({ foldedHours: 1, mergedPeriods: 20, rollupRowsWritten: 3_000_000 }),
        duplicatesDropped: 4,
        backlogUnits: 5,
      })
      const runs = [run('c', nowMs + 1_000), run('a', nowMs + 2), run('b', nowMs)]
      for (const one of runs.toReversed()) await store.note(one)
      expect(await Array.fromAsync(store.list())).toEqual(runs)
    })

    it('are read as former versions noted them: under other names, and with fewer figures', async () => {
      const table = await backend.emptyTable()
      const former = recordOf({
        endedAt: text(),
        foldedHours: integer(),
        writtenRows: integer(),
        droppedDuplicates: integer(),
        unreadableLines: integer(),
        leftUnits: integer(),
      })
      const startedAt = new Date(nowMs).toISOString()
      const figures = { foldedHours: 1, writtenRows: 2, droppedDuplicates: 3, unreadableLines: 4 }
      const noted = { endedAt: startedAt, ...figures, leftUnits: 5 }
      await table.put(former.item({ pk: 'run', sk: `${startedAt}#a` }, noted))
      expect(await Array.fromAsync(createRollupRuns(table).list())).toEqual([
        {
          id: 'a',
          startedMs: nowMs,
          endedMs: nowMs,
          ...noFigures(),
          foldedHours: 1,
          rollupRowsWritten: 2,
          duplicatesDropped: 3,
          refusedLines: 4,
          backlogUnits: 5,
        },
      ])
    })
  })
}
