import { describe, expect, it } from 'vitest'
import type { Attribute } from '../../../lib/store/attribute.ts'
import { MemoryTable } from '../../../lib/store/memory/memory-table.ts'
import { StorageTrouble } from '../../../lib/store/storage-trouble.ts'
import type { Item } from '../../../lib/store/table.ts'

const itemOf = (sk: string, attributes: Item = {}): Item => ({
  pk: { S: 'p' },
  sk: { S: sk },
  ...attributes,
})

/** What servers may let pass, and no store of ours may ever do. */
describe('a table in memory is stricter than it must be', () => {
  it.each(['a\ud800b', '\udc00', 'a\ud83e'])('with half a surrogate pair: %j', async (text) => {
    const table = new MemoryTable()
    await expect(table.put(itemOf(text))).rejects.toThrow(StorageTrouble)
    await expect(table.put(itemOf('a', { x: { S: text } }))).rejects.toThrow(StorageTrouble)
    await expect(table.get({ pk: text, sk: 'a' })).rejects.toThrow(StorageTrouble)
  })

  it('with two writes of one key, however far apart', async () => {
    const keys = Array.from({ length: 60 }, (_, at) => ({ put: itemOf(String(at)) }))
    const writing = new MemoryTable().writeAll([...keys, { delete: { pk: 'p', sk: '0' } }])
    await expect(writing).rejects.toThrow(StorageTrouble)
    const alike = [{ put: itemOf('b', { pk: { S: 'pa' } }) }, { put: itemOf('ab') }]
    expect(await new MemoryTable().writeAll(alike)).toBe(2)
  })

  it.each<object>([{ BOOL: true }, { L: [] }, { M: {} }, { NULL: true }])(
    'with a condition on %j',
    async (odd) => {
      const value = odd as Attribute
      const put = new MemoryTable().put(itemOf('a'), [{ attribute: 'x', is: '=', value }])
      await expect(put).rejects.toThrow(StorageTrouble)
    },
  )
})

describe('a table in memory', () => {
  it('hands out items that nobody can change', async () => {
    const table = new MemoryTable()
    await table.put(itemOf('a', { list: { L: [{ S: 'kept' }] }, map: { M: {} } }))
    const item = await table.get({ pk: 'p', sk: 'a' })
    for (const part of [item, item?.list, item?.list?.L, item?.list?.L?.[0], item?.map?.M]) {
      expect(part).toSatisfy(Object.isFrozen)
    }
  })

  it('shares no item with its copy', async () => {
    const table = new MemoryTable()
    await table.put(itemOf('a'))
    const copy = table.copy()
    await table.put(itemOf('b'))
    await copy.delete({ pk: 'p', sk: 'a' }, [{ attribute: 'pk', is: '=', value: { S: 'p' } }])
    const keysOf = async (of: MemoryTable) =>
      (await Array.fromAsync(of.scan())).map(({ sk }) => sk?.S)
    expect([await keysOf(table), await keysOf(copy)]).toEqual([['a', 'b'], []])
  })
})
