import { describe, expect, it } from 'vitest'
import { createChangedUnits } from '../../../lib/ledger/changed-units.ts'
import type { HourUnit, PeriodUnit } from '../../../lib/ledger/unit.ts'
import type { Table } from '../../../lib/store/table.ts'
import type { TableBackend } from '../backend.ts'

const nowMs = Date.parse('2026-11-22T10:05:00Z')
const hour: HourUnit = { kind: 'hour', hourMs: Date.parse('2026-11-22T10:00:00Z') }
const later: HourUnit = { kind: 'hour', hourMs: Date.parse('2026-11-22T11:00:00Z') }
const day: PeriodUnit = { kind: 'day', aggregation: 'sales', period: '2026-11-22', range: 3 }

function counter() {
  let count = 0
  return () => `token-${++count}`
}

export function changedUnitsConformance(backend: TableBackend): void {
  describe('changed units', () => {
    const unitsOn = (table: Table) => createChangedUnits(table, counter())

    it('are listed by kind, in the order of their names', async () => {
      const units = unitsOn(await backend.emptyTable())
      const week: PeriodUnit = { ...day, kind: 'week', period: '2026-W47' }
      await units.mark([later, day, hour, week], nowMs)
      const hours = await Array.fromAsync(units.list('hour'))
      const plain = { markedAtMs: nowMs, foldedOpen: false, heldUntilMs: 0 }
      expect(hours).toEqual([
        { unit: hour, token: 'token-3', ...plain },
        { unit: later, token: 'token-1', ...plain },
      ])
      expect((await Array.fromAsync(units.list('day'))).map(({ unit }) => unit)).toEqual([day])
      expect((await Array.fromAsync(units.list('week'))).map(({ unit }) => unit)).toEqual([week])
      expect(await Array.fromAsync(units.list('month'))).toEqual([])
      await units.mark([], nowMs)
    })

    it('are cleared at the token that was read, and not once they were marked again', async () => {
      const units = unitsOn(await backend.emptyTable())
      for (const unit of [hour, day]) {
        await units.mark([unit], nowMs)
        const [first] = await Array.fromAsync(units.list(unit.kind))
        await units.mark([unit], nowMs)
        expect(first && (await units.clear(first))).toBe(false)
        const [second] = await Array.fromAsync(units.list(unit.kind))
        expect(second && (await units.clear(second))).toBe(true)
        expect(await Array.fromAsync(units.list(unit.kind))).toEqual([])
        expect(second && (await units.clear(second))).toBe(false)
      }
    })

    it('note that an open hour was folded, until it is marked again', async () => {
      const units = unitsOn(await backend.emptyTable())
      const read = async () => {
        const [found] = await Array.fromAsync(units.list('hour'))
        if (found === undefined) throw new Error('The hour is not marked')
        return found
      }
      await units.mark([hour], nowMs)
      const first = await read()
      await units.noteFoldedOpen(first)
      expect(await read()).toEqual({ ...first, foldedOpen: true })
      await units.mark([hour], nowMs + 1)
      await units.noteFoldedOpen(first)
      const second = await read()
      expect(second).toMatchObject({ foldedOpen: false, markedAtMs: nowMs + 1 })
      expect(await units.clear(second)).toBe(true)
      await units.noteFoldedOpen(second)
      expect(await Array.fromAsync(units.list('hour'))).toEqual([])
    })

    it('are held for who marks one to work on, until it is marked again', async () => {
      const units = unitsOn(await backend.emptyTable())
      await units.mark([day], nowMs)
      const held = await units.markOne(day, nowMs + 1, nowMs + 60_000)
      expect(held).toEqual({
        unit: day,
        token: 'token-2',
        markedAtMs: nowMs + 1,
        foldedOpen: false,
        heldUntilMs: nowMs + 60_000,
      })
      expect(await Array.fromAsync(units.list('day'))).toEqual([held])
      await units.mark([day], nowMs + 2)
      expect(await Array.fromAsync(units.list('day'))).toMatchObject([{ heldUntilMs: 0 }])
      expect(await units.clear(held)).toBe(false)
    })

    it('are marked many at once', async () => {
      const units = unitsOn(await backend.emptyTable())
      const hours = Array.from({ length: 120 }, (_, at): HourUnit => {
        return { kind: 'hour', hourMs: hour.hourMs + at * 3_600_000 }
      })
      await units.mark(hours, nowMs)
      const found = await Array.fromAsync(units.list('hour'))
      expect(found.map(({ unit }) => unit)).toEqual(hours)
      expect(new Set(found.map(({ token }) => token)).size).toBe(hours.length)
    })

    it('throw where the ledger names an hour that is none', async () => {
      const table = await backend.emptyTable()
      await table.put({ pk: { S: 'changed#hour' }, sk: { S: '2026-11-22T24' }, token: { S: 'x' } })
      await expect(Array.fromAsync(unitsOn(table).list('hour'))).rejects.toThrow(
        'The ledger names an hour that is none: 2026-11-22T24',
      )
    })

    it('are asked for one by one', async () => {
      const units = unitsOn(await backend.emptyTable())
      await units.mark([hour, day], nowMs)
      const asked = [hour, later, day, { ...day, range: 4 }]
      expect(await Promise.all(asked.map((unit) => units.isMarked(unit)))).toEqual([
        true,
        false,
        true,
        false,
      ])
    })
  })
}
