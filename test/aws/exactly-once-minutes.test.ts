import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ExactlyOnceMinutes, type SequencedEvent } from '../../lib/aws/exactly-once-minutes.ts'
import { createMinuteRows } from '../../lib/aws/minute-rows.ts'
import { StorageTrouble } from '../../lib/aws/storage-trouble.ts'
import type { Table } from '../../lib/aws/table.ts'
import { decodeKey, Fold } from '../../lib/core/index.ts'
import { type Around, faultyTable, lostAfter, lostBefore } from '../conformance/faulty-stores.ts'
import { MemoryTable } from '../conformance/memory-table.ts'
import { byProduct, salesPipeline, summaryOf, valuesOf } from './sales.ts'

const hourMs = Date.parse('2026-11-22T10:00:00Z')
const nowMs = () => hourMs
const bucketCount = 4
const retentionMs = 86_400_000
const lane = 'shardId-000000000000'

/** One event of a lane. Several of one sequence number are those of one aggregated record. */
interface LaneEvent {
  readonly sequence: number
  readonly product: string
  readonly minute: number
  readonly quantity: number
}

function writerOn(table: Table, maxRememberedRows = 100): ExactlyOnceMinutes {
  return new ExactlyOnceMinutes({
    table,
    bucketCount,
    nowMs,
    retentionMs,
    concurrency: 4,
    maxRememberedRows,
  })
}

/** As numbers they have over 2^53, and more digits as they grow. */
const sequenceNumber = (sequence: number) => String(10n ** 56n - 5n + BigInt(sequence))

function apply(writer: ExactlyOnceMinutes, batch: readonly LaneEvent[], toLane = lane) {
  const fold = new Fold(salesPipeline)
  const events: SequencedEvent[] = []
  for (const { sequence, minute, ...sale } of batch) {
    const values = valuesOf(sale)
    fold.add({ id: 'any', timeMs: hourMs + minute * 60_000, values }, events.length)
    events.push({ sequenceNumber: sequenceNumber(sequence), values })
  }
  const ofProducts = [...fold.totals()].filter(({ aggregation }) => aggregation === byProduct)
  return writer.apply(toLane, ofProducts, events)
}

/** `<product> <minute>: <revenue> of <events>` of every row of the hour. */
async function rowsIn(table: Table): Promise<string[]> {
  const rows = createMinuteRows({ table, bucketCount, nowMs, retentionMs })
  const texts: string[] = []
  for await (const { key, minuteMs, state } of rows.readHour(byProduct, hourMs)) {
    texts.push(`${decodeKey(key)[0]} ${(minuteMs - hourMs) / 60_000}: ${summaryOf(state)}`)
  }
  return texts.sort()
}

/** The same of each event once, counted in the plainest way. */
function expectedRows(events: readonly LaneEvent[]): string[] {
  const groups = Map.groupBy(events, ({ product, minute }) => `${product} ${minute}`)
  return [...groups]
    .map(([group, some]) => {
      const quantity = some.reduce((total, event) => total + event.quantity, 0)
      return `${group}: ${quantity} of ${some.length}`
    })
    .sort()
}

const event = (sequence: number, product = 'a', quantity = 1, minute = 0): LaneEvent => ({
  sequence,
  product,
  minute,
  quantity,
})

describe('ExactlyOnceMinutes', () => {
  const four = [event(1, 'a', 1), event(2, 'a', 10), event(3, 'b', 100), event(4, 'a', 1000)]

  it('puts a new row with the last sequence number that it holds, and without a read', async () => {
    const memory = new MemoryTable()
    const reads: string[] = []
    const table: Table = {
      ...faultyTable(memory, (request) => request()),
      get: async (key) => {
        reads.push(key.sk)
        return memory.get(key)
      },
    }
    const writer = writerOn(table)
    expect(await apply(writer, four)).toEqual({ written: 2, unchanged: 0, expired: 0, refused: 0 })
    expect(await apply(writer, [event(5, 'a', 5), event(6, 'c', 6)])).toEqual({
      written: 2,
      unchanged: 0,
      expired: 0,
      refused: 0,
    })
    expect(reads).toEqual([])
    expect(await rowsIn(memory)).toEqual(['a 0: 1016 of 4', 'b 0: 100 of 1', 'c 0: 6 of 1'])
    const items = await Array.fromAsync(memory.scan('a#'))
    expect(items.map(({ through }) => through?.S)).toEqual([sequenceNumber(5)])
    expect(items[0]?.sk?.S).toBe(`a#2026-11-22T10:00#${lane}`)
    expect(items[0]?.expiresAt?.N).toBe(String((hourMs + 60_000 + retentionMs) / 1000))
  })

  it('are not begun for a minute that is past its retention, since no more than its late events were in them', async () => {
    const table = new MemoryTable()
    const late = new ExactlyOnceMinutes({
      table,
      bucketCount,
      nowMs: () => hourMs + 60_000 + retentionMs,
      retentionMs,
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
    const table = new MemoryTable()
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
    const table = new MemoryTable()
    await apply(writerOn(table), four.slice(0, 2))
    await apply(writerOn(table), four.slice(from, to))
    expect(await rowsIn(table)).toEqual(expectedRows(four.slice(0, Math.max(2, to ?? 0))))
  })

  it('takes the events of one aggregated record together', async () => {
    const table = new MemoryTable()
    const record = [event(7, 'a', 1), event(7, 'a', 2), event(7, 'b', 3), event(7, 'a', 4)]
    await apply(writerOn(table), record)
    await apply(writerOn(table), [...record, event(8, 'a', 5)])
    expect(await rowsIn(table)).toEqual(['a 0: 12 of 4', 'b 0: 3 of 1'])
  })

  it('counts a put once whose answer was lost, whoever comes back for it', async () => {
    for (const anew of [true, false]) {
      const memory = new MemoryTable()
      let losing = true
      const table = faultyTable(memory, async (request) => {
        const answer = await request()
        if (losing) throw lostAfter()
        return answer
      })
      const writer = writerOn(table)
      await expect(apply(writer, four)).rejects.toThrow(StorageTrouble)
      losing = false
      await apply(anew ? writerOn(table) : writer, four)
      expect(await rowsIn(memory)).toEqual(expectedRows(four))
    }
  })

  it('reads the row where the server does not tell what was there', async () => {
    const memory = new MemoryTable()
    const silent: Table = {
      ...faultyTable(memory, (request) => request()),
      put: async (item, condition) => {
        const result = await memory.put(item, condition)
        return result.written ? result : { written: false, current: undefined }
      },
    }
    await apply(writerOn(silent), four.slice(0, 2))
    await apply(writerOn(silent), four)
    expect(await rowsIn(memory)).toEqual(expectedRows(four))
  })

  it('is not misled by rows that it remembers and others have since written', async () => {
    const table = new MemoryTable()
    const [stale, other] = [writerOn(table), writerOn(table)]
    await apply(stale, four.slice(0, 1))
    await apply(other, four.slice(0, 3))
    expect(await apply(stale, four)).toMatchObject({ refused: 2 })
    expect(await rowsIn(table)).toEqual(expectedRows(four))
  })

  it('begins anew where a row that it remembers has expired and is gone', async () => {
    const table = new MemoryTable()
    const writer = writerOn(table)
    await apply(writer, [event(1)])
    for await (const { pk, sk } of table.scan()) {
      await table.writeAll([{ delete: { pk: pk?.S ?? '', sk: sk?.S ?? '' } }])
    }
    await apply(writer, [event(2, 'a', 5)])
    expect(await rowsIn(table)).toEqual(['a 0: 5 of 1'])
  })

  it('keeps the rows of lanes apart, and their sequence numbers', async () => {
    const table = new MemoryTable()
    const writer = writerOn(table)
    await apply(writer, [event(9, 'a', 1)], 'shardId-000000000001')
    await apply(writer, [event(1, 'a', 2)], 'shardId-000000000002')
    expect(await rowsIn(table)).toEqual(['a 0: 3 of 2'])
    expect(await Array.fromAsync(table.scan())).toHaveLength(2)
  })

  it('forgets rows beyond its bound, and is right all the same', async () => {
    const table = new MemoryTable()
    const writer = writerOn(table, 1)
    for (const one of four) await apply(writer, [one])
    await apply(writer, four)
    expect(await rowsIn(table)).toEqual(expectedRows(four))
  })

  it('gives up on a row that is never as expected', async () => {
    const memory = new MemoryTable()
    const hostile: Table = {
      ...faultyTable(memory, (request) => request()),
      put: async () => ({ written: false, current: undefined }),
    }
    await expect(apply(writerOn(hostile), [event(1)])).rejects.toThrow(
      'was changed by others 20 times: two writers a lane?',
    )
  })
})

describe('ExactlyOnceMinutes, whatever goes wrong', () => {
  const lanes = fc
    .array(
      fc.record({
        product: fc.constantFrom('a', 'b', 'a#b'),
        minute: fc.nat(1),
        quantity: fc.integer({ min: -5, max: 5 }),
        sameRecord: fc.boolean(),
      }),
      { minLength: 1, maxLength: 14 },
    )
    .map((events) => {
      let sequence = 0
      return events.map(({ sameRecord, ...rest }): LaneEvent => {
        if (!sameRecord) sequence++
        return { sequence, ...rest }
      })
    })
    .map((events) =>
      Map.groupBy(events, ({ sequence }) => sequence)
        .values()
        .toArray(),
    )

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
      fc.asyncProperty(lanes, deliveries, async (records, attempts) => {
        const memory = new MemoryTable()
        const faults: string[] = []
        const around: Around = async (request) => {
          const fault = faults.shift()
          if (fault === 'before') throw lostBefore()
          const answer = await request()
          if (fault === 'after') throw lostAfter()
          return answer
        }
        const table = faultyTable(memory, around)
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
        expect(await rowsIn(memory)).toEqual(expectedRows(records.flat()))
      }),
      { numRuns: 400 },
    )
  })

  it('holds each record once though a writer that was taken for dead still writes', async () => {
    const overlap = fc.record({ first: fc.nat(14), second: fc.nat(14), schedule: fc.scheduler() })
    await fc.assert(
      fc.asyncProperty(lanes, overlap, async (records, { first, second, schedule }) => {
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
