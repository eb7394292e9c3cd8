import { describe, expect, it } from 'vitest'
import {
  createShardProgressStore,
  type ShardProgressStore,
} from '../../lib/ledger/shard-progress.ts'
import { MemoryTable } from '../../lib/store/memory/memory-table.ts'
import { StorageTrouble } from '../../lib/store/storage-trouble.ts'
import type { Table } from '../../lib/store/table.ts'
import { type Around, faultyTable, silentTable } from '../support/faulty-stores.ts'

const shard = 'shardId-000000000001'

const noteOf = (sequenceNumber: string, of = shard) => ({
  shard: of,
  sequenceNumber,
  arrivedMs: 1_000,
  doneMs: 2_000,
})

async function progressOf(table: Table): Promise<string[]> {
  const all = await Array.fromAsync(createShardProgressStore(table).list())
  return all.map(({ sequenceNumber }) => sequenceNumber)
}

async function noteAll(store: ShardProgressStore, ...sequenceNumbers: readonly string[]) {
  for (const sequenceNumber of sequenceNumbers) await store.note(noteOf(sequenceNumber))
}

function counting(table: Table) {
  const made = { requests: 0 }
  const around: Around = (request) => {
    made.requests++
    return request()
  }
  return { made, counted: faultyTable(table, around) }
}

describe('progress of a shard', () => {
  it('moves on as a number, not as a text', async () => {
    const table = new MemoryTable()
    await noteAll(createShardProgressStore(table), '9', '10')
    expect(await progressOf(table)).toEqual(['10'])
    await noteAll(createShardProgressStore(table), '9')
    expect(await progressOf(table)).toEqual(['10'])
    const huge = '9'.repeat(129)
    await noteAll(createShardProgressStore(table), huge, '99999999999999999999')
    expect(await progressOf(table)).toEqual([huge])
  })

  it('does not go back, by the process that noted it or by one that was believed dead', async () => {
    const table = new MemoryTable()
    const old = createShardProgressStore(table)
    await noteAll(old, '5')
    const young = createShardProgressStore(table)
    await noteAll(young, '8', '6')
    expect(await progressOf(table)).toEqual(['8'])
    await noteAll(old, '6', '7', '8')
    expect(await progressOf(table)).toEqual(['8'])
    await noteAll(old, '9')
    await noteAll(young, '10')
    expect(await progressOf(table)).toEqual(['10'])
  })

  it('does not go back where two note it at the same time', async () => {
    for (const [first, second] of [
      ['5', '9'],
      ['9', '5'],
    ] as const) {
      for (const before of [[], ['3']]) {
        for (const at of [0, 1]) {
          const table = new MemoryTable()
          await noteAll(createShardProgressStore(table), ...before)
          let requests = 0
          const met = faultyTable(table, async (request) => {
            if (requests++ === at) await noteAll(createShardProgressStore(table), second)
            return request()
          })
          await noteAll(createShardProgressStore(met), first)
          expect(await progressOf(table)).toEqual(['9'])
        }
      }
    }
  })

  it('is noted where the server does not tell what was there', async () => {
    const table = new MemoryTable()
    const silent = silentTable(table)
    const old = createShardProgressStore(silent)
    await noteAll(old, '5')
    await noteAll(createShardProgressStore(silent), '8')
    await noteAll(old, '7', '9')
    expect(await progressOf(table)).toEqual(['9'])
  })

  it('is begun anew where somebody has deleted it', async () => {
    const table = new MemoryTable()
    const store = createShardProgressStore(table)
    await noteAll(store, '5')
    await table.writeAll([{ delete: { pk: 'shard', sk: shard } }])
    await noteAll(store, '6')
    expect(await progressOf(table)).toEqual(['6'])
  })

  it('costs one request a note, once the process has begun', async () => {
    const { made, counted } = counting(new MemoryTable())
    const store = createShardProgressStore(counted)
    await noteAll(store, '1')
    expect(made.requests).toBe(2)
    await noteAll(store, '2', '3', '4')
    expect(made.requests).toBe(5)
    await noteAll(store, '4', '2')
    expect(made.requests).toBe(5)
  })

  it('is storage trouble where others never cease to note theirs', async () => {
    const table = new MemoryTable()
    let other = 1
    const busy = faultyTable(table, async (request) => {
      await noteAll(createShardProgressStore(table), String(other++))
      return request()
    })
    const store = createShardProgressStore(busy)
    await expect(store.note(noteOf('1000'))).rejects.toThrow(StorageTrouble)
    // The batch comes again.
    other = 2_000
    await store.note(noteOf('1000'))
    expect(await progressOf(table)).toEqual(['2000'])
  })
})
