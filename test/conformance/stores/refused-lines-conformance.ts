import { describe, expect, it } from 'vitest'
import { createRefusedLines } from '../../../lib/rollup/refused-lines.ts'
import type { Table } from '../../../lib/store/table.ts'
import type { TableBackend } from '../backend.ts'

const hourMs = Date.parse('2026-11-22T10:00:00Z')
const laterMs = Date.parse('2026-11-22T11:00:00Z')

export function refusedLinesConformance(backend: TableBackend): void {
  describe('hours with refused lines', () => {
    const hoursOn = (table: Table) => {
      let count = 0
      return createRefusedLines(table, () => `token-${++count}`)
    }

    it('are listed by hour and definition, all of them or those of one hour', async () => {
      const hours = hoursOn(await backend.emptyTable())
      expect(await Array.fromAsync(hours.list())).toEqual([])
      await hours.note(laterMs, 'a', 1)
      await hours.note(hourMs, 'b', 2)
      await hours.note(hourMs, 'a', 3)
      const ofHour = [
        { hourMs, definition: 'a', lines: 3, token: 'token-3' },
        { hourMs, definition: 'b', lines: 2, token: 'token-2' },
      ]
      const ofLater = { hourMs: laterMs, definition: 'a', lines: 1, token: 'token-1' }
      expect(await Array.fromAsync(hours.list())).toEqual([...ofHour, ofLater])
      expect(await Array.fromAsync(hours.list(hourMs))).toEqual(ofHour)
      expect(await Array.fromAsync(hours.list(laterMs))).toEqual([ofLater])
      expect(await Array.fromAsync(hours.list(laterMs + 3_600_000))).toEqual([])
    })

    it('hold the last count of each definition', async () => {
      const hours = hoursOn(await backend.emptyTable())
      await hours.note(hourMs, 'a', 1)
      await hours.note(hourMs, 'a', 4)
      expect(await Array.fromAsync(hours.list())).toMatchObject([{ definition: 'a', lines: 4 }])
    })

    it('are cleared as they were read, and not once they were noted again', async () => {
      const hours = hoursOn(await backend.emptyTable())
      await hours.note(hourMs, 'a', 1)
      await hours.note(hourMs, 'b', 1)
      const [first] = await Array.fromAsync(hours.list())
      // The same hour, definition and count: another fold left lines out all the same.
      await hours.note(hourMs, 'a', 1)
      expect(first && (await hours.clear(first))).toBe(false)
      const [second, other] = await Array.fromAsync(hours.list())
      expect(second && (await hours.clear(second))).toBe(true)
      expect(second && (await hours.clear(second))).toBe(false)
      expect(await Array.fromAsync(hours.list())).toEqual([other])
    })
  })
}
