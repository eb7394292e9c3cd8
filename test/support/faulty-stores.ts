import type { Objects } from '../../lib/store/objects.ts'
import { StorageTrouble } from '../../lib/store/storage-trouble.ts'
import type { Table } from '../../lib/store/table.ts'

/**
 * Stands around each single request of a store: may refuse it before it is made, or lose its answer
 * once it is done.
 */
export type Around = <Answer>(request: () => Promise<Answer>) => Promise<Answer>

export function lostBefore(): StorageTrouble {
  return new StorageTrouble('A request', new Error('it was never made'))
}

export function lostAfter(): StorageTrouble {
  return new StorageTrouble('A request', new Error('its answer was lost'))
}

/** A table with faults. Each write of `writeAll` is a request of its own, so that it may end halfway. */
export function faultyTable(table: Table, around: Around): Table {
  const asked = () => around(async () => {})
  return {
    get: (key) => around(() => table.get(key)),
    put: (item, condition, watch) => around(() => table.put(item, condition, watch)),
    delete: (key, condition) => around(() => table.delete(key, condition)),
    async writeAll(writes, watch) {
      let count = 0
      for await (const write of writes) {
        count += await around(() => table.writeAll([write], watch))
      }
      return count
    },
    async *query(pk, range) {
      await asked()
      yield* table.query(pk, range)
    },
    async *scan(sortKeyPrefix) {
      await asked()
      yield* table.scan(sortKeyPrefix)
    },
  }
}

/** A table with some of its requests made in another way. */
export function tableWith(table: Table, changed: Partial<Table>): Table {
  return { ...faultyTable(table, (request) => request()), ...changed }
}

/** A table on a server that refuses a put and does not tell what was there. */
export function silentTable(table: Table): Table {
  return tableWith(table, {
    async put(item, condition) {
      const result = await table.put(item, condition)
      return result.written ? result : { written: false, current: undefined }
    },
  })
}

/** A bucket with faults. Each key of `delete` is a request of its own. */
export function faultyObjects(objects: Objects, around: Around): Objects {
  return {
    put: (key, body) => around(() => objects.put(key, body)),
    async putStream(key, chunks) {
      const all = await Array.fromAsync(chunks)
      await around(() => objects.put(key, Buffer.concat(all)))
    },
    get: (key) => around(() => objects.get(key)),
    async *list(prefix) {
      await around(async () => {})
      yield* objects.list(prefix)
    },
    async *folders(prefix) {
      await around(async () => {})
      yield* objects.folders(prefix)
    },
    async delete(keys) {
      for (const key of keys) await around(() => objects.delete([key]))
    },
  }
}
