import { compareSequenceNumbers } from '../core/sequence-number.ts'
import { absent, instant, keyOf, recordOf, text } from '../store/record.ts'
import { StorageTrouble } from '../store/storage-trouble.ts'
import type { Item, Table } from '../store/table.ts'

/** How far a shard has come. */
export interface ShardProgress {
  readonly shard: string
  readonly sequenceNumber: string
  /** When the last record that was done arrived in the stream, and when it was done. */
  readonly arrivedMs: number
  readonly doneMs: number
}

/**
 * Progress per shard: pk `shard`, sk the shard's id. Nothing is counted by it, but `verify` takes
 * what lies beyond it for under way, so it only ever moves on.
 */
export interface ShardProgressStore {
  /**
   * Leaves progress as it is where the shard has come as far already: a batch may come again, and a
   * process that was believed dead may note an old one. Throws StorageTrouble.
   */
  note(progress: ShardProgress): Promise<void>
  list(): AsyncIterable<ShardProgress>
}

const partition = 'shard'

const notes = recordOf({
  sequenceNumber: text(),
  arrivedMs: instant('arrivedAt'),
  doneMs: instant('doneAt'),
})

/** Others may note the same shard meanwhile, but one batch at a time is the rule. */
const maxTries = 4

export function createShardProgressStore(table: Table): ShardProgressStore {
  /** The last that was seen of each shard, so that only the first note of a process has to read. */
  const seen = new Map<string, string>()

  const read = async (shard: string) =>
    sequenceNumberOf(await table.get({ pk: partition, sk: shard }))

  return {
    async note(progress) {
      const { shard, sequenceNumber } = progress
      let last = seen.get(shard) ?? (await read(shard))
      for (let tries = 0; tries < maxTries; tries++) {
        if (last !== undefined && compareSequenceNumbers(last, sequenceNumber) >= 0) {
          seen.set(shard, last)
          return
        }
        const item = notes.item({ pk: partition, sk: shard }, progress)
        const asSeen = last === undefined ? absent : notes.is('sequenceNumber', last)
        const result = await table.put(item, [asSeen])
        if (result.written) {
          seen.set(shard, sequenceNumber)
          return
        }
        // Or it is our own put, whose answer was lost: then the shard has come as far.
        last = sequenceNumberOf(result.current) ?? (await read(shard))
      }
      seen.delete(shard)
      const doing = `Noting the progress of ${shard}`
      throw new StorageTrouble(doing, new Error(`others noted theirs ${maxTries} times meanwhile`))
    },

    async *list() {
      for await (const item of table.query(partition)) {
        yield { shard: keyOf(item).sk, ...notes.read(item) }
      }
    },
  }
}

function sequenceNumberOf(item: Item | undefined): string | undefined {
  return item && notes.readOne(item, 'sequenceNumber')
}
