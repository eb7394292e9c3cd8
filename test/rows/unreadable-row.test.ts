import { expect, it } from 'vitest'
import { createMinuteRows } from '../../lib/rows/minute-rows.ts'
import { createRollupRows } from '../../lib/rows/rollup-rows.ts'
import { minuteRowKey } from '../../lib/rows/row-key.ts'
import { UnreadableRow } from '../../lib/rows/unreadable-row.ts'
import { MemoryTable } from '../../lib/store/memory/memory-table.ts'
import { keptFor } from '../support/kept-for.ts'
import { byProduct, stateOf } from '../support/sales.ts'

const minuteMs = Date.parse('2026-11-16T10:05:00Z')
const hourMs = Date.parse('2026-11-16T10:00:00Z')

const minutesOn = (table: MemoryTable) =>
  createMinuteRows({ table, bucketCount: 4, nowMs: () => minuteMs, ...keptFor(86_400_000) })

/** A table whose one row was made as it should be, and then changed. */
async function minutesWith(changed: object) {
  const table = new MemoryTable()
  const rows = minutesOn(table)
  await rows.putCorrections(byProduct, [
    { key: 'mug', minuteMs, state: stateOf({ product: 'mug' }) },
  ])
  const [item] = await Array.fromAsync(table.scan())
  await table.put({ ...item, ...changed })
  return rows
}

const { pk, sk } = minuteRowKey(byProduct, 4, 'mug', minuteMs, 'history')

it.each([
  [{ revenue: { S: 'garbage' } }, 'A stored state is not a decimal of scale 2: garbage'],
  [{ expiresAt: { S: 'never' } }, 'has no whole number expiresAt'],
])('a minute row with %j is named with its table, its keys and why', async (changed, why) => {
  const rows = await minutesWith(changed)
  const named = `the row pk "${pk}", sk "${sk}" of the table minutes cannot be read: `
  for (const read of [
    () => Array.fromAsync(rows.readHour(byProduct, hourMs)),
    () => rows.readHourLanes(byProduct, hourMs),
    () => Array.fromAsync(rows.readKey(byProduct, 'mug', hourMs, hourMs + 3_600_000)),
    () => Array.fromAsync(rows.scan(byProduct)),
  ]) {
    const error = await read().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(UnreadableRow)
    expect((error as UnreadableRow).told).toContain(named)
    expect((error as UnreadableRow).told).toContain(why)
    // What goes to a log names no key and no value.
    expect((error as UnreadableRow).message).toBe('a row of the table minutes cannot be read')
  }
  // Its hour is found all the same, so that whoever looks at it meets the row.
  expect(await Array.fromAsync(rows.hours())).toEqual([hourMs])
})

it('a rollup row is named alike', async () => {
  const table = new MemoryTable()
  await table.put({
    pk: { S: 'by-product#mug' },
    sk: { S: 'day#2026-11-16' },
    from: { S: '2026-11-16T00:00:00.000Z' },
    to: { S: '2026-11-17T00:00:00.000Z' },
    revenue: { S: 'garbage' },
  })
  const rows = createRollupRows(table).readKey(byProduct, 'mug', 'day', '2026-11-16', '2026-11-16')
  await expect(Array.fromAsync(rows)).rejects.toMatchObject({
    told: expect.stringMatching(
      /^the row pk "by-product#mug", sk "day#2026-11-16" of the table rollups cannot be read: /,
    ),
  })
})
