import { describe, expect, it } from 'vitest'
import { createChangedUnits } from '../../lib/ledger/changed-units.ts'
import type { HourUnit } from '../../lib/ledger/unit.ts'
import { createRefusedLines } from '../../lib/rollup/refused-lines.ts'
import { MemoryTable } from '../../lib/store/memory/memory-table.ts'
import type { Table } from '../../lib/store/table.ts'
import { faultyTable, tableWith } from '../support/faulty-stores.ts'

const nowMs = Date.parse('2026-11-22T10:05:00Z')
const hour: HourUnit = { kind: 'hour', hourMs: Date.parse('2026-11-22T10:00:00Z') }

/** Sends the first put twice, as the SDK does when its answer was lost, with something in between. */
function sendingTwice(table: Table, between: () => Promise<void>): Table {
  let isFirst = true
  return tableWith(table, {
    async put(item, condition, watch) {
      if (isFirst) {
        isFirst = false
        await table.put(item, condition, watch)
        await between()
      }
      return table.put(item, condition, watch)
    },
    async writeAll(writes, watch) {
      const all = await Array.fromAsync(writes)
      if (isFirst) {
        isFirst = false
        await table.writeAll(all, watch)
        await between()
      }
      return table.writeAll(all, watch)
    },
  })
}

function counter() {
  let count = 0
  return () => `token-${++count}`
}

describe('a mark that is sent twice', () => {
  it.each([false, true])(
    'does not go over another that came in between (marked before: %s)',
    async (wasMarked) => {
      const table = new MemoryTable()
      const newToken = counter()
      const units = createChangedUnits(table, newToken)
      if (wasMarked) await units.mark([hour], nowMs)
      let read: Awaited<ReturnType<typeof readOne>> | undefined
      const readOne = async () => {
        const [found] = await Array.fromAsync(units.list('hour'))
        if (found === undefined) throw new Error('The hour is not marked')
        return found
      }
      const slow = sendingTwice(table, async () => {
        // A run reads the mark and its inputs, and only then comes another event of the hour.
        read = await readOne()
        await units.mark([hour], nowMs + 1)
      })
      await createChangedUnits(slow, newToken).mark([hour], nowMs)
      expect(read && (await units.clear(read))).toBe(false)
      expect(await units.isMarked(hour)).toBe(true)
    },
  )

  it('is told by its token, where nobody came in between', async () => {
    const table = new MemoryTable()
    await createChangedUnits(
      sendingTwice(table, async () => {}),
      counter(),
    ).mark([hour], nowMs)
    const marks = await Array.fromAsync(createChangedUnits(table, counter()).list('hour'))
    expect(marks).toMatchObject([{ token: 'token-1' }])
  })
})

describe('a note of refused lines that is sent twice', () => {
  it('does not go over another that came in between', async () => {
    const table = new MemoryTable()
    const newToken = counter()
    const hours = createRefusedLines(table, newToken)
    let read: Awaited<ReturnType<typeof readOne>> | undefined
    const readOne = async () => {
      const [found] = await Array.fromAsync(hours.list())
      if (found === undefined) throw new Error('There is no note')
      return found
    }
    const slow = sendingTwice(table, async () => {
      read = await readOne()
      await hours.note(hour.hourMs, 'a', 1)
    })
    await createRefusedLines(slow, newToken).note(hour.hourMs, 'a', 1)
    expect(read && (await hours.clear(read))).toBe(false)
  })
})

it('marks of hundreds at one time take a few requests each', async () => {
  const table = new MemoryTable()
  let requests = 0
  const slow = faultyTable(table, async (request) => {
    requests++
    await nextTurn()
    return request()
  })
  const newToken = counter()
  const marks = Array.from({ length: 300 }, () =>
    createChangedUnits(slow, newToken).mark([hour], nowMs),
  )
  await Promise.all(marks)
  expect(await createChangedUnits(table, newToken).isMarked(hour)).toBe(true)
  expect(requests).toBeLessThanOrEqual(300 * 4)
})

const nextTurn = () => new Promise((resolve) => setImmediate(resolve))
