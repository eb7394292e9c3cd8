import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ExactlyOnceMinutes } from '../../../lib/rows/exactly-once-minutes.ts'
import { StorageTrouble } from '../../../lib/store/storage-trouble.ts'
import type { Table } from '../../../lib/store/table.ts'
import {
  type Around,
  faultyTable,
  lostAfter,
  lostBefore,
  silentTable,
  tableWith,
} from '../../support/faulty-stores.ts'
import { keptFor } from '../../support/kept-for.ts'
import type { TableBackend } from '../backend.ts'
import {
  apply,
  bucketCount,
  event,
  expectedRows,
  hourMs,
  lane,
  laneRecords,
  retentionMs,
  rowsIn,
  sequenceNumber,
  writerOn,
} from './lane-events.ts'

export function exactlyOnceMinutesConformance(backend: TableBackend): void {
  describe('ExactlyOnceMinutes', () => {
    const four = [event(1, 'a', 1), event(2, 'a', 10), event(3, 'b', 100), event(4, 'a', 1000)]

    it('puts a new row with the last sequence number that it holds, and without a read', async () => {
      const stored = await backend.emptyTable()
      const { table, reads } = readsOf(stored)
      const writer = writerOn(table)
      const twoRows = { written: 2, unchanged: 0, expired: 0, refused: 0 }
      expect(await apply(writer, four)).toEqual(twoRows)
      expect(await apply(writer, [event(5, 'a', 5), event(6, 'c', 6)])).toEqual(twoRows)
      expect(reads).toEqual([])
      expect(await rowsIn(stored)).toEqual(['a 0: 1016 of 4', 'b 0: 100 of 1', 'c 0: 6 of 1'])
      const items = await Array.fromAsync(stored.scan('a#'))
      expect(items.map(({ through }) => through?.S)).toEqual([sequenceNumber(5)])
      expect(items[0]?.sk?.S).toBe(`a#2026-11-22T10:00#${lane}`)
      expect(items[0]?.expiresAt?.N).toBe(String((hourMs + 60_000 + retentionMs) / 1000))
    })

    it('begins no row of a minute that is past its retention, since it would hold the late events alone', async () => {
      const table = await backend.emptyTable()
      const late = new ExactlyOnceMinutes({
        table,
        bucketCount,
        nowMs: () => hourMs + 60_000 + retentionMs,
        ...keptFor(retentionMs),
        concurrency: 4,
        maxRememberedRows: 100,
      })
      expect(await apply(late, [event(1, 'a', 1)])).toMatchObject({ written: 0, expired: 1 })
      expect(await Array.fromAsync(table.scan())).toEqual([])
    })

    it.each([
      ['by the writer that remembers it', false],
      ['by a new writer', true],
    ])('does not count a batch again that is delivered again, %s', async (_by, anew) => {
      const table = await backend.emptyTable()
      const writer = writerOn(table)
      await apply(writer, four)
      const other = anew ? writerOn(table) : writer
      const known = { written: 0, unchanged: 2, expired: 0, refused: 0 }
      expect(await apply(other, four)).toEqual({ ...known, refused: anew ? 2 : 0 })
      // From then on it remembers the rows.
      expect(await apply(other, four)).toEqual(known)
      expect(await rowsIn(table)).toEqual(expectedRows(four))
    })

    it.each([
      ['from its start, and longer', [0, 4]],
      ['from its middle', [1, 4]],
      ['a part of it', [1, 2]],
      ['what comes after it', [2, 4]],
    ])('counts each record once when another cut comes: %s', async (_what, [from, to]) => {
      const table = await backend.emptyTable()
      await apply(writerOn(table), four.slice(0, 2))
      await apply(writerOn(table), four.slice(from, to))
      expect(await rowsIn(table)).toEqual(expectedRows(four.slice(0, Math.max(2, to ?? 0))))
    })

    it('takes the events of one aggregated record together', async () => {
      const table = await backend.emptyTable()
      const record = [event(7, 'a', 1), event(7, 'a', 2), event(7, 'b', 3), event(7, 'a', 4)]
      await apply(writerOn(table), record)
      await apply(writerOn(table), [...record, event(8, 'a', 5)])
      expect(await rowsIn(table)).toEqual(['a 0: 12 of 4', 'b 0: 3 of 1'])
    })

    it('counts a put once whose answer was lost, whoever comes back for it', async () => {
      for (const anew of [true, false]) {
        const stored = await backend.emptyTable()
        let losing = true
        const table = faultyTable(stored, async (request) => {
          const answer = await request()
          if (losing) throw lostAfter()
          return answer
        })
        const writer = writerOn(table)
        await expect(apply(writer, four)).rejects.toThrow(StorageTrouble)
        losing = false
        await apply(anew ? writerOn(table) : writer, four)
        expect(await rowsIn(stored)).toEqual(expectedRows(four))
      }
    })

    it('reads a row that is not as expected only where the server does not tell it', async () => {
      const stored = await backend.emptyTable()
      const { table, reads } = readsOf(stored)
      await apply(writerOn(stored), four)
      expect(await apply(writerOn(table), four)).toMatchObject({ unchanged: 2, refused: 2 })
      const silent = backend.differences.has('does not tell what was there')
      expect(reads).toHaveLength(silent ? 2 : 0)
    })

    it('reads the row where the server does not tell what was there', async () => {
      const stored = await backend.emptyTable()
      const silent = silentTable(stored)
      await apply(writerOn(silent), four.slice(0, 2))
      await apply(writerOn(silent), four)
      expect(await rowsIn(stored)).toEqual(expectedRows(four))
    })

    it('is not misled by rows that it remembers and others have since written', async () => {
      const table = await backend.emptyTable()
      const [stale, other] = [writerOn(table), writerOn(table)]
      await apply(stale, four.slice(0, 1))
      await apply(other, four.slice(0, 3))
      expect(await apply(stale, four)).toMatchObject({ refused: 2 })
      expect(await rowsIn(table)).toEqual(expectedRows(four))
    })

    it('begins anew where a row that it remembers has expired and is gone', async () => {
      const table = await backend.emptyTable()
      const writer = writerOn(table)
      await apply(writer, [event(1)])
      for await (const { pk, sk } of table.scan()) {
        await table.writeAll([{ delete: { pk: pk?.S ?? '', sk: sk?.S ?? '' } }])
      }
      await apply(writer, [event(2, 'a', 5)])
      expect(await rowsIn(table)).toEqual(['a 0: 5 of 1'])
    })

    it('keeps the rows of lanes apart, and their sequence numbers', async () => {
      const table = await backend.emptyTable()
      const writer = writerOn(table)
      await apply(writer, [event(9, 'a', 1)], 'shardId-000000000001')
      await apply(writer, [event(1, 'a', 2)], 'shardId-000000000002')
      expect(await rowsIn(table)).toEqual(['a 0: 3 of 2'])
      expect(await Array.fromAsync(table.scan())).toHaveLength(2)
    })

    it('forgets rows beyond its bound, and is right all the same', async () => {
      const table = await backend.emptyTable()
      const writer = writerOn(table, 1)
      for (const one of four) await apply(writer, [one])
      await apply(writer, four)
      expect(await rowsIn(table)).toEqual(expectedRows(four))
    })

    it('gives up on a row that is never as expected', async () => {
      const stored = await backend.emptyTable()
      const hostile = tableWith(stored, {
        put: async () => ({ written: false, current: undefined }),
      })
      await expect(apply(writerOn(hostile), [event(1)])).rejects.toThrow(
        'was changed by others 20 times: two writers a lane?',
      )
    })
  })

  describe('ExactlyOnceMinutes, whatever goes wrong', () => {
    const deliveries = fc.array(
      fc.record({
        writer: fc.nat(2),
        // Records before the checkpoint that come once more.
        again: fc.nat(6),
        length: fc.integer({ min: 1, max: 6 }),
        // What happens to the first requests of this delivery.
        faults: fc.array(fc.constantFrom('none', 'none', 'before', 'after'), { maxLength: 8 }),
      }),
      { maxLength: 12 },
    )

    it('holds each record once, after all were delivered at least once, in order', async () => {
      await fc.assert(
        fc.asyncProperty(laneRecords, deliveries, async (records, attempts) => {
          const stored = await backend.emptyTable()
          const faults: string[] = []
          const around: Around = async (request) => {
            const fault = faults.shift()
            if (fault === 'before') throw lostBefore()
            const answer = await request()
            if (fault === 'after') throw lostAfter()
            return answer
          }
          const table = faultyTable(stored, around)
          // They live on side by side, each with its own memory, as containers do.
          const writers = [writerOn(table), writerOn(table, 1), writerOn(table, 0)]
          let checkpoint = 0
          for (const attempt of attempts) {
            const from = Math.max(0, checkpoint - attempt.again)
            const batch = records.slice(from, from + attempt.length)
            faults.splice(0, faults.length, ...attempt.faults)
            try {
              await apply(writers[attempt.writer] ?? writerOn(table), batch.flat())
              checkpoint = Math.max(checkpoint, from + batch.length)
            } catch (error) {
              expect(error).toBeInstanceOf(StorageTrouble)
            }
          }
          faults.length = 0
          if (checkpoint < records.length) {
            await apply(writers[0] ?? writerOn(table), records.slice(checkpoint).flat())
          }
          expect(await rowsIn(stored)).toEqual(expectedRows(records.flat()))
        }),
        { numRuns: Math.min(400, backend.mostRuns) },
      )
    })
  })
}

/** The same table, with the sort keys of what is read from it. */
function readsOf(stored: Table) {
  const reads: string[] = []
  const get: Table['get'] = (key) => {
    reads.push(key.sk)
    return stored.get(key)
  }
  return { reads, table: tableWith(stored, { get }) }
}
