import { readText, type Table } from '../table.ts'

/** How far a shard has come. Shown to people; nothing is decided by it. */
export interface ShardProgress {
  readonly shard: string
  readonly sequenceNumber: string
  /** When the last record that was done arrived in the stream, and when it was done. */
  readonly arrivedMs: number
  readonly doneMs: number
}

/** Progress per shard: pk `shard`, sk the shard's id. */
export interface ShardProgressStore {
  note(progress: ShardProgress): Promise<void>
  list(): AsyncIterable<ShardProgress>
}

export function createShardProgressStore(table: Table): ShardProgressStore {
  return {
    async note({ shard, sequenceNumber, arrivedMs, doneMs }) {
      await table.put({
        pk: { S: 'shard' },
        sk: { S: shard },
        sequenceNumber: { S: sequenceNumber },
        arrivedAt: { S: new Date(arrivedMs).toISOString() },
        doneAt: { S: new Date(doneMs).toISOString() },
      })
    },

    async *list() {
      for await (const item of table.query('shard')) {
        yield {
          shard: readText(item, 'sk'),
          sequenceNumber: readText(item, 'sequenceNumber'),
          arrivedMs: Date.parse(readText(item, 'arrivedAt')),
          doneMs: Date.parse(readText(item, 'doneAt')),
        }
      }
    },
  }
}
