import { describe, expect, it } from 'vitest'
import { createMinuteRetention } from '../../../lib/ledger/minute-retention.ts'
import type { Table } from '../../../lib/store/table.ts'
import type { TableBackend } from '../backend.ts'

const day = 86_400_000
const hour = 3_600_000
const nowMs = Date.parse('2026-11-22T10:00:00Z')
const ahead = hour

/** For how many days a minute is kept by what the ledger says. */
async function daysKept(table: Table, minuteMs: number): Promise<number> {
  const retention = createMinuteRetention(table, 1)
  await retention.load()
  return (retention.expiryMs(minuteMs) - minuteMs - 60_000) / day
}

const agree = (table: Table, days: number, atMs: number, aheadMs = ahead) =>
  createMinuteRetention(table, days * day).agree(aheadMs, atMs)

export function minuteRetentionConformance(backend: TableBackend): void {
  describe('the retention of minutes', () => {
    it('is as configured where nobody has written, and then as the writer has it', async () => {
      const table = await backend.emptyTable()
      expect(await daysKept(table, nowMs)).toBe(1 / day)
      await agree(table, 35, nowMs)
      await agree(table, 35, nowMs + day)
      expect(await daysKept(table, nowMs)).toBe(35)
      expect(await Array.fromAsync(table.scan())).toHaveLength(1)
    })

    it('is not known before it was read', async () => {
      const retention = createMinuteRetention(await backend.emptyTable(), day)
      expect(() => retention.expiryMs(nowMs)).toThrow('not read yet')
      await retention.agree(ahead, nowMs)
      expect(retention.expiryMs(nowMs)).toBe(nowMs + 60_000 + day)
    })

    it('is raised for minutes only that nobody can have written rows of', async () => {
      const table = await backend.emptyTable()
      await agree(table, 35, nowMs)
      await agree(table, 60, nowMs)
      const fromMs = nowMs + ahead + day
      expect(await daysKept(table, nowMs - 400 * day)).toBe(35)
      expect(await daysKept(table, fromMs - 60_000)).toBe(35)
      expect(await daysKept(table, fromMs)).toBe(60)
      await agree(table, 90, nowMs + 10 * day)
      expect(await daysKept(table, fromMs - 60_000)).toBe(35)
      expect(await daysKept(table, fromMs)).toBe(60)
      expect(await daysKept(table, fromMs + 10 * day)).toBe(90)
    })

    it('is lowered for all minutes, and what that ended stays so when it is raised again', async () => {
      const table = await backend.emptyTable()
      await agree(table, 60, nowMs)
      await agree(table, 35, nowMs + day)
      expect(await daysKept(table, nowMs)).toBe(35)
      expect(await daysKept(table, nowMs + 400 * day)).toBe(35)
      await agree(table, 60, nowMs + 2 * day)
      expect(await daysKept(table, nowMs)).toBe(35)
      expect(await daysKept(table, nowMs + 4 * day)).toBe(60)
      await agree(table, 20, nowMs + 3 * day)
      await agree(table, 60, nowMs + 3 * day)
      expect(await daysKept(table, nowMs)).toBe(20)
    })

    it.each([7 * day + 0.5, Number.POSITIVE_INFINITY])(
      'minds minutes of events that once were let be %d ms ahead',
      async (once) => {
        const table = await backend.emptyTable()
        await agree(table, 35, nowMs, once)
        await agree(table, 35, nowMs + day)
        await agree(table, 60, nowMs + day)
        expect(await daysKept(table, nowMs + 7 * day)).toBe(35)
        expect(await daysKept(table, nowMs + 9 * day + 1)).toBe(Number.isFinite(once) ? 60 : 35)
      },
    )

    it('is that of one of all who come at once, and none of them is lost', async () => {
      const table = await backend.emptyTable()
      await agree(table, 10, nowMs)
      await Promise.all([20, 30, 40, 40].map((days) => agree(table, days, nowMs)))
      expect(await daysKept(table, nowMs)).toBe(10)
      const later = await daysKept(table, nowMs + 400 * day)
      expect([20, 30, 40]).toContain(later)
    })
  })
}
