import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MemoryTable } from '../../lib/store/memory/memory-table.ts'
import {
  apply,
  expectedRows,
  laneRecords,
  rowsIn,
  writerOn,
} from '../conformance/stores/lane-events.ts'
import { type Around, faultyTable } from '../support/faulty-stores.ts'

describe('ExactlyOnceMinutes, in any order of requests', () => {
  it('holds each record once though a writer that was taken for dead still writes', async () => {
    const overlap = fc.record({ first: fc.nat(14), second: fc.nat(14), schedule: fc.scheduler() })
    await fc.assert(
      fc.asyncProperty(laneRecords, overlap, async (records, { first, second, schedule }) => {
        const memory = new MemoryTable()
        const around: Around = async (request) => {
          await schedule.schedule(Promise.resolve())
          return request()
        }
        const table = faultyTable(memory, around)
        const dying = apply(writerOn(table), records.slice(0, first).flat())
        const [one, rest] = [records.slice(0, second), records.slice(second)]
        const living = (async () => {
          const writer = writerOn(table)
          await apply(writer, one.flat())
          await apply(writer, rest.flat())
        })()
        await schedule.waitFor(Promise.all([dying, living]))
        expect(await rowsIn(memory)).toEqual(expectedRows(records.flat()))
      }),
      { numRuns: 300 },
    )
  })
})
