import type { MemoryTable } from '../../lib/store/memory/memory-table.ts'
import type {
  Item,
  ItemKey,
  SendingWatch,
  SortKeyRange,
  Table,
  Write,
} from '../../lib/store/table.ts'
import type { SeededRandom } from '../data/seeded-random.ts'
import type { Process } from './process.ts'
import type { Request, Wire } from './wire.ts'

export interface SimulatedTableOptions {
  readonly name: string
  readonly table: MemoryTable
  readonly process: Process
  readonly wire: Wire
  readonly random: SeededRandom
}

const maxBatchItems = 25

/** A table as one process sees it, behind the wire. Reads come in pages, and batches end anywhere. */
export function simulatedTable(options: SimulatedTableOptions): Table {
  const { name, table, process, wire, random } = options
  const send = <Answer>(request: Omit<Request<Answer>, 'store'>) =>
    wire.send(process, { store: name, ...request })
  const read = <Answer>(doing: string, apply: () => Promise<Answer>) =>
    send({ kind: 'read', doing, apply })
  const write = <Answer>(doing: string, apply: () => Promise<Answer>, watch?: SendingWatch) =>
    send({ kind: 'write', doing, apply, watch })
  return {
    get: (key) => read(`get ${textOf(key)}`, () => table.get(key)),
    async put(item, condition, watch) {
      watch?.before()
      return write(`put ${textOfItem(item)}`, () => table.put(item, condition), watch)
    },
    delete: (key, condition) => write(`delete ${textOf(key)}`, () => table.delete(key, condition)),

    async writeAll(writes, watch) {
      let count = 0
      for await (const batch of inBatches(writes, 1 + random.below(maxBatchItems))) {
        watch?.before()
        const some = () => random.shuffled(batch).slice(0, random.below(batch.length))
        count += await send({
          kind: 'write',
          doing: `write ${batch.map(textOfWrite).join(', ')}`,
          apply: () => table.writeAll(batch),
          watch,
          ...(batch.length > 1 && { applyInPart: async () => void (await table.writeAll(some())) }),
        })
      }
      return count
    },

    query: (pk, range) => pages(pk, range),

    scan() {
      throw new Error('No function scans')
    },
  }

  async function* pages(pk: string, range: SortKeyRange | undefined): AsyncGenerator<Item> {
    let after: string | undefined
    for (;;) {
      const size = random.pick([1, 2, 5, 100])
      const page = await read(`query ${pk}`, async () => {
        // Each page is of its own moment: what came in behind the last one's end is in it.
        const all = await Array.fromAsync(table.query(pk, range))
        const from = all.findIndex((item) => isPast(item, after, range?.descending === true))
        return from < 0 ? [] : all.slice(from, from + size)
      })
      yield* page
      if (page.length < size) return
      after = page.at(-1)?.sk?.S
    }
  }
}

function isPast(item: Item, after: string | undefined, descending: boolean): boolean {
  if (after === undefined) return true
  const order = Buffer.compare(Buffer.from(item.sk?.S ?? ''), Buffer.from(after))
  return descending ? order < 0 : order > 0
}

const textOf = ({ pk, sk }: ItemKey) => `${pk} ${sk}`

const textOfItem = (item: Item) => `${item.pk?.S} ${item.sk?.S}`

const textOfWrite = (write: Write) =>
  'put' in write ? textOfItem(write.put) : `delete ${textOf(write.delete)}`

async function* inBatches(
  writes: AsyncIterable<Write> | Iterable<Write>,
  size: number,
): AsyncGenerator<Write[]> {
  let batch: Write[] = []
  for await (const write of writes) {
    batch.push(write)
    if (batch.length === size) {
      yield batch
      batch = []
    }
  }
  if (batch.length > 0) yield batch
}
