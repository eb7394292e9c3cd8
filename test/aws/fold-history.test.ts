import { expect, test } from 'vitest'
import { foldHistory } from '../../lib/aws/fold-history.ts'
import { createHistory } from '../../lib/aws/history.ts'
import { MemoryObjects } from '../conformance/memory-objects.ts'
import { lineOf } from '../functions/sales-batches.ts'
import { salesPipeline } from './sales.ts'

const hourMs = Date.parse('2026-11-22T10:00:00Z')
const cut = { lane: 'shard', firstSequenceNumber: '1', lastSequenceNumber: '2' }

test('whoever folds history may see each event that can be read, duplicates too, with its cut', async () => {
  const history = createHistory(new MemoryObjects())
  const line = (id: string) => Buffer.from(lineOf({ id, at: '2026-11-22T10:05:00Z', product: 'a' }))
  const other = { ...cut, lane: 'other' }
  await history.append(cut, hourMs, [line('1'), Buffer.from('no event'), line('2'), line('1')])
  await history.append(other, hourMs, [line('2')])
  const seen: string[] = []
  const folded = await foldHistory(salesPipeline, history, hourMs, {
    onEvent: ({ lane }, { id }) => seen.push(`${lane} ${id}`),
  })
  expect(seen).toEqual(['other 2', 'shard 1', 'shard 2', 'shard 1'])
  expect(folded).toMatchObject({ droppedDuplicates: 2, unreadable: 1 })
})
