import { describe, expect, it } from 'vitest'
import {
  type Aggregation,
  bindAggregation,
  type CalendarGrain,
  type ChangedRow,
  count,
  createCalendar,
  encodeKey,
  encodeState,
  integer,
  leaderOf,
  max,
  min,
  optional,
} from '../../../lib/core/index.ts'
import { createRollupRows, maxLeaders } from '../../../lib/rows/rollup-rows.ts'
import { stateAttributes } from '../../../lib/rows/stored-state.ts'
import { UnreadableRow } from '../../../lib/rows/unreadable-row.ts'
import type { Table } from '../../../lib/store/table.ts'
import { byPrice, byProduct, stateOf, summaryOf } from '../../support/sales.ts'
import type { TableBackend } from '../backend.ts'
import { stateWithRevenue, storedDecimals, storedKeys } from './stored-values.ts'

const calendar = createCalendar('Europe/London')
const nowMs = Date.parse('2026-06-30T12:00:00Z')

function windowOf(grain: CalendarGrain, name: string) {
  const window = calendar.windowNamed(grain, name)
  if (window === undefined) throw new Error(`No ${grain} is named ${name}`)
  return window
}

const row = (key: string, quantity: number) => ({
  key,
  state: encodeState(byProduct, stateOf({ product: key, quantity })),
})

const leader = (key: string, quantity: number) =>
  leaderOf(byProduct, key, stateOf({ product: key, quantity }))

async function write(table: Table, grain: CalendarGrain, name: string, rows: ChangedRow[]) {
  const some = async function* () {
    yield* rows
  }
  return createRollupRows(table).write(byProduct, windowOf(grain, name), some(), nowMs)
}

export function rollupRowsConformance(backend: TableBackend): void {
  describe('rollup rows', () => {
    it('are attributes at the top level, with the window and the time of the write', async () => {
      const table = await backend.emptyTable()
      expect(await write(table, 'day', '2026-06-29', [row('a|b', 7)])).toBe(1)
      expect(await table.get({ pk: 'by-product#a|b', sk: 'day#2026-06-29' })).toEqual({
        pk: { S: 'by-product#a|b' },
        sk: { S: 'day#2026-06-29' },
        events: { N: '1' },
        revenue: { N: '7' },
        'meanPrice.sum': { N: '1' },
        'meanPrice.count': { N: '1' },
        from: { S: '2026-06-28T23:00:00.000Z' },
        to: { S: '2026-06-29T23:00:00.000Z' },
        updatedAt: { S: '2026-06-30T12:00:00.000Z' },
      })
    })

    it('are replaced and deleted one by one', async () => {
      const table = await backend.emptyTable()
      await write(table, 'day', '2026-06-29', [row('a', 1), row('b', 2), row('c', 3)])
      const changed = [row('a', 10), { key: 'b', state: undefined }, { key: 'd', state: undefined }]
      expect(await write(table, 'day', '2026-06-29', changed)).toBe(3)
      const rows = await Array.fromAsync(createRollupRows(table).scan(byProduct, 'day'))
      const texts = rows.map(({ key, state }) => `${key}: ${summaryOf(state)}`)
      expect(texts.sort()).toEqual(['a: 10 of 1', 'c: 3 of 1'])
    })

    it('of a key are read from period to period, both inclusive, in order', async () => {
      const table = await backend.emptyTable()
      const days = ['2026-06-30', '2026-06-29', '2026-07-01', '2026-05-31']
      for (const [at, day] of days.entries())
        await write(table, 'day', day, [row('a', at), row('ab', 9)])
      await write(table, 'week', '2026-W27', [row('a', 100)])
      await write(table, 'month', '2026-06', [row('a', 200)])
      const read = async (grain: CalendarGrain, from: string, to: string) => {
        const rows = createRollupRows(table).readKey(byProduct, 'a', grain, from, to)
        return (await Array.fromAsync(rows)).map(
          ({ period, state }) => `${period}: ${summaryOf(state)}`,
        )
      }
      expect(await read('day', '2026-06-29', '2026-06-30')).toEqual([
        '2026-06-29: 1 of 1',
        '2026-06-30: 0 of 1',
      ])
      expect(await read('day', '2026-01-01', '2026-12-31')).toHaveLength(4)
      expect(await read('day', '2026-07-02', '2026-12-31')).toEqual([])
      expect(await read('day', '2026-06-30', '2026-06-29')).toEqual([])
      expect(await read('week', '2026-W01', '2026-W53')).toEqual(['2026-W27: 100 of 1'])
      expect(await read('month', '2026-06', '2026-06')).toEqual(['2026-06: 200 of 1'])
      const [month] = await Array.fromAsync(
        createRollupRows(table).readKey(byProduct, 'a', 'month', '2026-06', '2026-06'),
      )
      expect(month).toMatchObject({
        key: 'a',
        fromMs: Date.parse('2026-05-31T23:00:00Z'),
        toMs: Date.parse('2026-06-30T23:00:00Z'),
      })
    })

    it('are scanned by grain and aggregation, leaderboards and longer names apart', async () => {
      const table = await backend.emptyTable()
      const rows = createRollupRows(table)
      const longer: Aggregation = { ...byProduct, name: 'by-product-and-more' }
      const window = windowOf('day', '2026-06-29')
      await rows.putLeaders(byProduct, window, 0, [leader('a', 1)])
      await write(table, 'day', '2026-06-29', [row('a', 1), row('', 2), row('day', 3)])
      const [keys, others, weeks, prices] = await Promise.all(
        [
          rows.scan(byProduct, 'day'),
          rows.scan(longer, 'day'),
          rows.scan(byProduct, 'week'),
          rows.scan(byPrice, 'day'),
        ].map(async (found) => (await Array.fromAsync(found)).map(({ key }) => key).sort()),
      )
      expect([keys, others, weeks, prices]).toEqual([['', 'a', 'day'], [], [], []])
    })
  })

  describe('rollup rows', () => {
    it('are found by their key, whatever it holds', async () => {
      const table = await backend.emptyTable()
      const rows = createRollupRows(table)
      const keys = storedKeys.map((value) => encodeKey([value]))
      await write(
        table,
        'day',
        '2026-06-29',
        keys.map((key, at) => row(key, at)),
      )
      for (const [at, key] of keys.entries()) {
        const ofKey = rows.readKey(byProduct, key, 'day', '2026-06-29', '2026-06-29')
        const state = stateOf({ product: key, quantity: at })
        expect(await Array.fromAsync(ofKey)).toMatchObject([{ key, state }])
      }
      const scanned = await Array.fromAsync(rows.scan(byProduct, 'day'))
      expect(scanned.map(({ key }) => key).sort()).toEqual(keys.toSorted())
      const nothing = keys.map((key) => ({ key, state: undefined }))
      await write(table, 'day', '2026-06-29', nothing)
      expect(await Array.fromAsync(rows.scan(byProduct, 'day'))).toEqual([])
    })

    it('are none for a key that is longer than any can be', async () => {
      const rows = createRollupRows(await backend.emptyTable())
      const found = rows.readKey(byProduct, 'a'.repeat(3_000), 'day', '2026-01-01', '2026-12-31')
      expect(await Array.fromAsync(found)).toEqual([])
    })

    it('keep every digit of a sum, and so do leaderboards', async () => {
      const table = await backend.emptyTable()
      const states = storedDecimals.map((revenue, at) => {
        return { key: String.fromCodePoint(0x61 + at), state: stateWithRevenue(revenue) }
      })
      const encoded = states.map(({ key, state }) => {
        return { key, state: encodeState(byProduct, state) }
      })
      await write(table, 'day', '2026-06-29', encoded)
      const rows = createRollupRows(table)
      const scanned = await Array.fromAsync(rows.scan(byProduct, 'day'))
      const found = scanned.map(({ key, state }) => ({ key, state }))
      expect(found.sort((a, b) => (a.key < b.key ? -1 : 1))).toEqual(states)
      const window = windowOf('day', '2026-06-29')
      const leaders = states.map(({ key, state }) => leaderOf(byProduct, key, state))
      await rows.putLeaders(byProduct, window, 0, leaders)
      expect(await rows.readLeaders(byProduct, window)).toEqual([leaders])
    })
  })

  describe('leaderboards', () => {
    const window = windowOf('month', '2026-06')

    it('hold as many of the longest keys and sums as there may be', async () => {
      const rows = createRollupRows(await backend.emptyTable())
      const state = stateWithRevenue('7'.repeat(120))
      const leaders = Array.from({ length: maxLeaders }, (_, at) => {
        return leaderOf(byProduct, String(at).padStart(900, 'x'), state)
      })
      await rows.putLeaders(byProduct, window, 0, leaders)
      expect(await rows.readLeaders(byProduct, window)).toEqual([leaders])
    })

    it('are kept per key range, each in its order, and replaced as a whole', async () => {
      const table = await backend.emptyTable()
      const rows = createRollupRows(table)
      await rows.putLeaders(byProduct, window, 0, [leader('z', 9), leader('a', 1)])
      await rows.putLeaders(byProduct, window, 1, [leader('q', 5)])
      await rows.putLeaders(byProduct, window, 0, [leader('b', 8), leader('a', 1)])
      const ranges = await rows.readLeaders(byProduct, window)
      expect(ranges).toEqual([[leader('b', 8), leader('a', 1)], [leader('q', 5)]])
      expect(await rows.readLeaders(byProduct, windowOf('month', '2026-07'))).toEqual([])
      expect(await rows.readLeaders(byPrice, window)).toEqual([])
    })

    it('keep every key and every measure, whatever these are called', async () => {
      const fields = { key: integer(), size: optional(integer()) }
      const spec = {
        key: ['size'],
        measures: { key: count(), leaders: min('size'), state: max('key'), toString: min('size') },
      }
      const odd = bindAggregation('odd', spec, { fields, id: 'id', time: 'at' })
      const rows = createRollupRows(await backend.emptyTable())
      const leaders = [leaderOf(odd, 'k', [3, null, 7, null])]
      await rows.putLeaders(odd, window, 0, leaders)
      expect(await rows.readLeaders(odd, window)).toEqual([leaders])
      expect(leaders).toEqual([
        {
          key: 'k',
          rank: null,
          cells: [
            ['key', '3'],
            ['leaders', null],
            ['state', '7'],
            ['toString', null],
          ],
        },
      ])
    })

    it('hold a key, what it is ordered by, and what is shown of it', async () => {
      const table = await backend.emptyTable()
      const state = stateOf({ product: 'a', quantity: 3 })
      await createRollupRows(table).putLeaders(byProduct, window, 0, [
        leaderOf(byProduct, 'a', state),
      ])
      const item = await table.get({ pk: 'by-product#month#2026-06#leaders', sk: '0' })
      const cells = { events: { S: '1' }, revenue: { S: '3' }, meanPrice: { S: '1' } }
      expect(item?.leaders?.L).toEqual([
        { M: { key: { S: 'a' }, rank: { N: '3' }, cells: { M: cells } } },
      ])
    })

    it('are read as former versions kept them, with whole states', async () => {
      const table = await backend.emptyTable()
      const states = [stateWithRevenue('7'.repeat(120)), stateOf({ product: 'a', quantity: 3 })]
      const former = states.map((state, at) => {
        return { M: { key: { S: `k${at}` }, state: { M: stateAttributes(byProduct, state) } } }
      })
      await table.put({
        pk: { S: 'by-product#month#2026-06#leaders' },
        sk: { S: '0' },
        leaders: { L: former },
      })
      const expected = states.map((state, at) => leaderOf(byProduct, `k${at}`, state))
      expect(await createRollupRows(table).readLeaders(byProduct, window)).toEqual([expected])
    })

    it('throw UnreadableRow where a rank is none', async () => {
      const table = await backend.emptyTable()
      const odd = { key: { S: 'a' }, rank: { S: 'first' }, cells: { M: {} } }
      await table.put({
        pk: { S: 'by-product#month#2026-06#leaders' },
        sk: { S: '0' },
        leaders: { L: [{ M: odd }] },
      })
      const reading = createRollupRows(table).readLeaders(byProduct, window)
      await expect(reading).rejects.toThrow(UnreadableRow)
    })
  })
}
