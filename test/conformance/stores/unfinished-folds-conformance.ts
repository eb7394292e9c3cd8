import { describe, expect, it } from 'vitest'
import { createUnfinishedFolds } from '../../../lib/rollup/unfinished-folds.ts'
import type { TableBackend } from '../backend.ts'

const hourMs = Date.parse('2026-11-22T10:00:00Z')

export function unfinishedFoldsConformance(backend: TableBackend): void {
  describe('hours whose fold began', () => {
    it('are listed, oldest first, until the fold has come to an end', async () => {
      const begun = createUnfinishedFolds(await backend.emptyTable())
      expect(await Array.fromAsync(begun.list())).toEqual([])
      const later = { hourMs: hourMs + 3_600_000, times: 1 }
      await begun.note(later)
      await begun.note({ hourMs, times: 1 })
      await begun.note({ hourMs, times: 2 })
      expect(await Array.fromAsync(begun.list())).toEqual([{ hourMs, times: 2 }, later])
      await begun.clear(hourMs)
      await begun.clear(hourMs)
      expect(await Array.fromAsync(begun.list())).toEqual([later])
    })
  })
}
