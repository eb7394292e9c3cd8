import { expect, test } from 'vitest'
import { createHistory } from '../../lib/records/history.ts'
import { foldHistory } from '../../lib/rollup/fold-history.ts'
import { MemoryObjects } from '../../lib/store/memory/memory-objects.ts'
import { salesPipeline } from '../support/sales.ts'
import { lineOf } from '../support/sales-batches.ts'

const hourMs = Date.parse('2026-11-22T10:00:00Z')
const cut = { lane: 'shard', firstSequenceNumber: '1', lastSequenceNumber: '2' }

test('a fold of history knows the cuts of the events that can be read, duplicates too', async () => {
  const history = createHistory(new MemoryObjects())
  const line = (id: string) => Buffer.from(lineOf({ id, at: '2026-11-22T10:05:00Z', product: 'a' }))
  const other = { ...cut, lane: 'other' }
  await history.append(cut, hourMs, [line('1'), Buffer.from('no event'), line('2'), line('1')])
  await history.append(other, hourMs, [line('2')])
  const twice = { ...cut, lane: 'twice' }
  await history.append(twice, hourMs, [line('2')])
  await history.append({ ...cut, lane: 'refused' }, hourMs, [Buffer.from('no event')])
  let chunks = 0
  const folded = await foldHistory(salesPipeline, history, hourMs, () => chunks++)
  expect(chunks).toBe(4)
  expect(folded.cuts).toEqual([other, cut, twice])
  expect(folded).toMatchObject({ duplicatesDropped: 3, refusedLines: 2 })
})
