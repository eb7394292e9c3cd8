import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Aggregation, encodeKey, minuteName } from '../../../lib/core/index.ts'
import { correctionRows, type MinuteRow } from '../../../lib/rows/minute-lanes.ts'
import { createMinuteRows, type MinuteRows } from '../../../lib/rows/minute-rows.ts'
import { minuteRowKey } from '../../../lib/rows/row-key.ts'
import { stateAttributes } from '../../../lib/rows/stored-state.ts'
import type { Item, Table } from '../../../lib/store/table.ts'
import { keptFor } from '../../support/kept-for.ts'
import { byPrice, byProduct, stateOf, summaryOf } from '../../support/sales.ts'
import type { TableBackend } from '../backend.ts'
import { stateWithRevenue, storedDecimals, storedKeys } from './stored-values.ts'

const hourMs = 3_600_000
const startMs = Date.parse('2026-11-22T10:00:00Z')
const minute = (number: number) => startMs + number * 60_000
const bucketCount = 4
const retentionMs = 10 * hourMs

function rowsOn(table: Table, nowMs = startMs) {
  return createMinuteRows({ table, bucketCount, nowMs: () => nowMs, ...keptFor(retentionMs) })
}

/** One lane's row without a state. */
function itemOf(key: string, minuteMs: number, lane: string): Item {
  const expiresAtMs = keptFor(retentionMs).expiryMs(minuteMs)
  const itemKey = minuteRowKey(byProduct, bucketCount, key, minuteMs, lane)
  return correctionRows.item(itemKey, { removed: false, expiresAtMs })
}

/** One lane's row of one sale of a quantity. */
function laneItem(key: string, minuteMs: number, lane: string, quantity: number): Item {
  return {
    ...itemOf(key, minuteMs, lane),
    ...stateAttributes(byProduct, stateOf({ product: 'any', quantity })),
    through: { S: '1' },
  }
}

async function putLane(
  table: Table,
  key: string,
  minuteMs: number,
  lane: string,
  quantity: number,
) {
  await table.put(laneItem(key, minuteMs, lane, quantity))
}

/** `<key> <minute>: <revenue> of <events>`, in the order in which they came. */
async function texts(rows: AsyncIterable<MinuteRow>): Promise<string[]> {
  const all = await Array.fromAsync(rows)
  return all.map(
    ({ key, minuteMs, state }) => `${key} ${minuteName(minuteMs).slice(11)}: ${summaryOf(state)}`,
  )
}

export function minuteRowsConformance(backend: TableBackend): void {
  describe('the rows of an hour', () => {
    it('are those of all lanes together, of this hour and this aggregation', async () => {
      const table = await backend.emptyTable()
      const rows = rowsOn(table)
      await putLane(table, 'a', minute(0), 'shard-1', 1)
      await putLane(table, 'a', minute(0), 'shard-2', 10)
      await putLane(table, 'a', minute(1), 'shard-1', 100)
      await putLane(table, 'b', minute(59), 'shard-1', 5)
      await putLane(table, 'a', minute(60), 'shard-1', 1000)
      await putLane(table, 'a', minute(-1), 'shard-1', 1000)
      const found = (await texts(rows.readHour(byProduct, startMs))).sort()
      expect(found).toEqual(['a 10:00: 11 of 2', 'a 10:01: 100 of 1', 'b 10:59: 5 of 1'])
      expect(await texts(rows.readHour(byPrice, startMs))).toEqual([])
    })

    it('are of corrections where there are any, whatever the lanes hold', async () => {
      const table = await backend.emptyTable()
      const rows = rowsOn(table)
      for (const lane of ['aaa', 'shard-1', 'zzz']) await putLane(table, 'a', minute(0), lane, 1)
      await putLane(table, 'b', minute(0), 'shard-1', 1)
      const state = stateOf({ product: 'a', quantity: 7 })
      const written = await rows.putCorrections(byProduct, [
        { key: 'a', minuteMs: minute(0), state },
        { key: 'b', minuteMs: minute(0), state: undefined },
        { key: 'c', minuteMs: minute(0), state: undefined },
      ])
      expect(written).toBe(3)
      expect(await texts(rows.readHour(byProduct, startMs))).toEqual(['a 10:00: 7 of 1'])
      expect(await texts(rows.scan(byProduct))).toEqual(['a 10:00: 7 of 1'])
      // Made anew, they replace what was there.
      await rows.putCorrections(byProduct, [
        { key: 'a', minuteMs: minute(0), state: undefined },
        { key: 'b', minuteMs: minute(0), state },
      ])
      expect(await texts(rows.readHour(byProduct, startMs))).toEqual(['b 10:00: 7 of 1'])
    })

    it('are passed over once their minute has expired, all lanes at once, though the table holds them', async () => {
      const table = await backend.emptyTable()
      await putLane(table, 'a', minute(0), 'shard-1', 1)
      const read = (nowMs: number) => texts(rowsOn(table, nowMs).readHour(byProduct, startMs))
      await putLane(table, 'a', minute(0), 'shard-2', 1)
      const expiresMs = minute(1) + retentionMs
      expect(await read(expiresMs - 1)).toEqual(['a 10:00: 2 of 2'])
      expect(await read(expiresMs)).toEqual([])
    })

    it.each([
      ['no minute', { sk: { S: 'a#yesterday#shard-1' } }],
      ['no expiry', { expiresAt: { S: 'never' } }],
      ['no state', { events: { S: 'many' } }],
    ])('throw where an item is none of ours: %s', async (_what, changed) => {
      const table = await backend.emptyTable()
      const item = {
        ...itemOf('a', minute(0), 'shard-1'),
        ...stateAttributes(byProduct, stateOf({ product: 'a' })),
        ...changed,
      }
      await table.put(item)
      await expect(texts(rowsOn(table).readHour(byProduct, startMs))).rejects.toThrow()
    })
  })

  describe('the lanes of an hour', () => {
    it('are told from what readers see', async () => {
      const table = await backend.emptyTable()
      const rows = rowsOn(table)
      for (const key of ['a', 'b', 'c']) {
        await putLane(table, key, minute(0), 'aaa', 1)
        await putLane(table, key, minute(0), 'shard-1', 10)
      }
      const state = stateOf({ product: 'a', quantity: 7 })
      await rows.putCorrections(byProduct, [
        { key: 'b', minuteMs: minute(0), state },
        { key: 'c', minuteMs: minute(0), state: undefined },
        { key: 'd', minuteMs: minute(0), state },
        { key: 'e', minuteMs: minute(0), state: undefined },
      ])
      const summary = (of: typeof state | undefined) => (of === undefined ? 'none' : summaryOf(of))
      const found = await rows.readHourLanes(byProduct, startMs)
      const lines = found.map((row) => `${row.key}: ${summary(row.state)}, ${summary(row.shards)}`)
      expect(lines.sort()).toEqual([
        'a: 11 of 2, 11 of 2',
        'b: 7 of 1, 11 of 2',
        'c: none, 11 of 2',
        'd: 7 of 1, none',
        'e: none, none',
      ])
    })
  })

  describe('rows of a minute that is kept for less than they were written to be', () => {
    it('are passed over however they are read', async () => {
      const table = await backend.emptyTable()
      await putLane(table, 'a', minute(0), 'shard-1', 1)
      await putLane(table, 'a', minute(61), 'shard-1', 1)
      const nowMs = minute(1) + retentionMs / 2
      const rows = createMinuteRows({
        table,
        bucketCount,
        nowMs: () => nowMs,
        ...keptFor(retentionMs / 2),
      })
      expect(await texts(rows.readHour(byProduct, startMs))).toEqual([])
      expect(await rows.readHourLanes(byProduct, startMs)).toEqual([])
      expect(await texts(rows.readKey(byProduct, 'a', minute(0), minute(120)))).toEqual([
        'a 11:01: 1 of 1',
      ])
      expect(await texts(rows.scan(byProduct))).toEqual(['a 11:01: 1 of 1'])
      expect(await Array.fromAsync(rows.hours())).toEqual([minute(60)])
    })
  })

  describe('the hours of all rows', () => {
    it('are each told once, without those that have expired', async () => {
      const table = await backend.emptyTable()
      for (const at of [0, 1, 59, 60, 200, 1_000])
        await putLane(table, `k${at}`, minute(at), 's', 1)
      const hoursAt = async (nowMs: number) =>
        (await Array.fromAsync(rowsOn(table, nowMs).hours())).sort((a, b) => a - b)
      const all = [0, 60, 180, 960].map(minute)
      expect(await hoursAt(startMs)).toEqual(all)
      expect(await hoursAt(minute(60) + retentionMs - 1)).toEqual(all)
      expect(await hoursAt(minute(60) + retentionMs)).toEqual(all.slice(1))
    })

    it('throw where an item is none of ours', async () => {
      const table = await backend.emptyTable()
      await table.put({ pk: { S: 'a#b' }, sk: { S: 'c' }, expiresAt: { N: '99999999999' } })
      await expect(Array.fromAsync(rowsOn(table).hours())).rejects.toMatchObject({
        told: expect.stringContaining('names no hour'),
      })
    })

    it('expire with their minutes', async () => {
      const expiresMs = minute(1) + retentionMs
      expect(rowsOn(await backend.emptyTable(), expiresMs - 1).isExpired(minute(0))).toBe(false)
      expect(rowsOn(await backend.emptyTable(), expiresMs).isExpired(minute(0))).toBe(true)
    })
  })

  describe('the rows of a key', () => {
    const keys = ['a', 'a!', 'a$', 'ab', '', 'b']

    let rows: MinuteRows
    beforeAll(async () => {
      const table = await backend.emptyTable()
      const lanes = keys.flatMap((key) =>
        [-1, 0, 1, 30, 59, 60, 61, 125].flatMap((at) =>
          ['shard-1', 'zzz'].map((lane) => laneItem(key, minute(at), lane, 1)),
        ),
      )
      await table.writeAll(lanes.map((put) => ({ put })))
      rows = rowsOn(table)
    })

    it.each([
      [0, 60, ['10:00', '10:01', '10:30', '10:59']],
      [0, 61, ['10:00', '10:01', '10:30', '10:59', '11:00']],
      [1, 30, ['10:01']],
      [1, 31, ['10:01', '10:30']],
      [2, 30, []],
      [-1, 1, ['09:59', '10:00']],
      [59, 126, ['10:59', '11:00', '11:01', '12:05']],
      [62, 125, []],
      [30, 30, []],
      [31, 30, []],
      [60, 0, []],
      [125, 126, ['12:05']],
    ])('from minute %i to %i, in order', async (from, to, minutes) => {
      for (const key of keys) {
        const found = await texts(rows.readKey(byProduct, key, minute(from), minute(to)))
        expect(found).toEqual(minutes.map((text) => `${key} ${text}: 2 of 2`))
      }
    })

    it('take in the minute that an instant within it is in', async () => {
      const read = (fromMs: number, toMs: number) =>
        texts(rows.readKey(byProduct, 'a', fromMs, toMs))
      expect(await read(minute(1) + 59_999, minute(30) + 1)).toEqual([
        'a 10:01: 2 of 2',
        'a 10:30: 2 of 2',
      ])
      expect(await read(minute(1), minute(1) + 1)).toEqual(['a 10:01: 2 of 2'])
      expect(await read(minute(1) + 30_000, minute(1) + 30_000)).toEqual([])
      expect(await read(minute(1) + 30_000, minute(1) + 10_000)).toEqual([])
    })

    it('are the same as those that all rows of the hours hold of it', async () => {
      const stretches = fc.record({ from: fc.integer({ min: -5, max: 130 }), length: fc.nat(130) })
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...keys), stretches, async (key, { from, length }) => {
          const [fromMs, toMs] = [minute(from), minute(from + length)]
          const all = await Array.fromAsync(rows.scan(byProduct))
          const expected = all
            .filter((row) => row.key === key && row.minuteMs >= fromMs && row.minuteMs < toMs)
            .map(({ minuteMs }) => minuteMs)
          const found = await Array.fromAsync(rows.readKey(byProduct, key, fromMs, toMs))
          expect(found.map(({ minuteMs }) => minuteMs)).toEqual(expected.sort((a, b) => a - b))
        }),
        { numRuns: Math.min(50, backend.mostRuns) },
      )
    })
  })

  describe('minute rows', () => {
    it('are found by their key, whatever it holds', async () => {
      const rows = rowsOn(await backend.emptyTable())
      const totals = storedKeys.map((value, at) => ({
        key: encodeKey([value]),
        minuteMs: minute(at),
        state: stateOf({ product: 'a', quantity: at }),
      }))
      await rows.putCorrections(byProduct, totals)
      const found = await Array.fromAsync(rows.readHour(byProduct, startMs))
      expect(found.sort((a, b) => a.minuteMs - b.minuteMs)).toEqual(totals)
      for (const total of totals) {
        const ofKey = rows.readKey(byProduct, total.key, minute(0), minute(60))
        expect(await Array.fromAsync(ofKey)).toEqual([total])
      }
    })

    it('are none for a key that is longer than any can be', async () => {
      const rows = rowsOn(await backend.emptyTable())
      const found = rows.readKey(byProduct, 'a'.repeat(3_000), minute(0), minute(120))
      expect(await Array.fromAsync(found)).toEqual([])
    })

    it('keep every digit of a sum', async () => {
      const rows = rowsOn(await backend.emptyTable())
      const totals = storedDecimals.map((revenue, at) => ({
        key: 'a',
        minuteMs: minute(at),
        state: stateWithRevenue(revenue),
      }))
      await rows.putCorrections(byProduct, totals)
      const found = rows.readKey(byProduct, 'a', minute(0), minute(60))
      expect(await Array.fromAsync(found)).toEqual(totals)
    })

    it('of another aggregation with a longer name are not scanned with it', async () => {
      const table = await backend.emptyTable()
      const longer: Aggregation = { ...byProduct, name: `${byProduct.name}-and-more` }
      const rows = rowsOn(table)
      const state = stateOf({ product: 'a' })
      await rows.putCorrections(longer, [{ key: 'a', minuteMs: minute(0), state }])
      expect(await texts(rows.scan(byProduct))).toEqual([])
      expect(await texts(rows.scan(longer))).toHaveLength(1)
    })
  })
}
