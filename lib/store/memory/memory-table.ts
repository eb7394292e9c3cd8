import type { Attribute } from '../attribute.ts'
import { StorageTrouble } from '../storage-trouble.ts'
import type {
  Alternative,
  Condition,
  Item,
  ItemKey,
  SendingWatch,
  SortKeyRange,
  Table,
  Write,
} from '../table.ts'
import { compareNumbers } from './number-text.ts'
import {
  checkKey,
  checkPartitionKey,
  checkSortKey,
  Refused,
  storedItem,
  storedValue,
} from './stored-item.ts'
import { compareUtf8, Utf8SortedMap } from './utf8-sorted-map.ts'

/** As many as DynamoDB takes, and so what is refused together. */
const batchItems = 25

/**
 * A table in memory, for tests with more steps than a server could take. It passes the same
 * conformance suite as the table of DynamoDB, and refuses what DynamoDB does. The items that it
 * hands out can't be changed.
 */
export class MemoryTable implements Table {
  readonly #partitions = new Map<string, Utf8SortedMap<Item>>()

  /** Another table with the same items. */
  copy(): MemoryTable {
    const other = new MemoryTable()
    for (const [pk, items] of this.#partitions) other.#partitions.set(pk, items.copy())
    return other
  }

  async get({ pk, sk }: ItemKey): Promise<Item | undefined> {
    refusing('Reading', () => checkKey(pk, sk))
    return this.#partitions.get(pk)?.get(sk)
  }

  async put(item: Item, condition?: Condition, watch?: SendingWatch) {
    watch?.before()
    const stored = refusing('Writing', () => {
      checkCondition(condition)
      return storedItem(item)
    })
    const current = this.#partitions.get(stored.pk?.S ?? '')?.get(stored.sk?.S ?? '')
    if (condition !== undefined && !isMet(condition, current)) {
      return { written: false, current } as const
    }
    this.#set(stored)
    return { written: true } as const
  }

  async delete({ pk, sk }: ItemKey, condition: Condition): Promise<boolean> {
    refusing('Deleting', () => {
      checkCondition(condition)
      checkKey(pk, sk)
    })
    const partition = this.#partitions.get(pk)
    if (!isMet(condition, partition?.get(sk))) return false
    partition?.delete(sk)
    return true
  }

  async writeAll(
    writes: AsyncIterable<Write> | Iterable<Write>,
    watch?: SendingWatch,
  ): Promise<number> {
    const written = new Set<string>()
    let count = 0
    let batch: Write[] = []
    for await (const write of writes) {
      batch.push(write)
      count++
      if (batch.length === batchItems) {
        watch?.before()
        this.#writeBatch(batch, written)
        batch = []
      }
    }
    if (batch.length > 0) watch?.before()
    this.#writeBatch(batch, written)
    return count
  }

  async *query(pk: string, range: SortKeyRange = {}): AsyncGenerator<Item> {
    refusing('Querying', () => {
      checkPartitionKey(pk)
      if (range.prefix) checkSortKey(range.prefix)
      for (const end of range.between ?? []) checkSortKey(end)
    })
    yield* this.#find(pk, range)
  }

  async *scan(sortKeyPrefix = ''): AsyncGenerator<Item> {
    for (const pk of [...this.#partitions.keys()]) yield* this.#find(pk, { prefix: sortKeyPrefix })
  }

  #find(pk: string, { prefix = '', between, descending }: SortKeyRange): Item[] {
    const partition = this.#partitions.get(pk)
    if (partition === undefined) return []
    const entries = between
      ? partition.entriesFrom(between[0], (sk) => compareUtf8(sk, between[1]) <= 0)
      : partition.entriesBelow(prefix)
    const items = entries.map(([, item]) => item)
    return descending ? items.reverse() : items
  }

  /**
   * Whole or not at all where something in it is refused, as a request of DynamoDB is. `written` are
   * the keys of the batches before it: two batches are under way at once, so that of two writes of
   * one key nobody could tell which is the last.
   */
  #writeBatch(batch: readonly Write[], written: Set<string>): void {
    const stored = refusing('Writing a batch', () =>
      batch.map((write) => {
        const { pk, sk } = 'put' in write ? keyOfItem(write.put) : write.delete
        checkKey(pk, sk)
        const before = written.size
        if (written.add(`${pk?.length}#${pk}${sk}`).size === before) {
          throw new Refused('Two writes have one key')
        }
        return 'put' in write ? { put: storedItem(write.put) } : write
      }),
    )
    for (const write of stored) {
      if ('put' in write) this.#set(write.put)
      else this.#partitions.get(write.delete.pk)?.delete(write.delete.sk)
    }
  }

  #set(stored: Item): void {
    const [pk, sk] = [stored.pk?.S ?? '', stored.sk?.S ?? '']
    const partition = this.#partitions.get(pk)
    if (partition === undefined) this.#partitions.set(pk, new Utf8SortedMap([[sk, stored]]))
    else partition.set(sk, stored)
  }
}

const keyOfItem = ({ pk, sk }: Item) => ({ pk: pk?.S, sk: sk?.S })

/** What DynamoDB refuses comes to the stores as what it can't do, as from the real table. */
function refusing<Answer>(doing: string, check: () => Answer): Answer {
  try {
    return check()
  } catch (cause) {
    throw new StorageTrouble(`${doing} in memory`, cause)
  }
}

function checkCondition(condition: Condition | undefined): void {
  if (condition === undefined) return
  if (condition.length === 0) throw new Refused('A condition has no alternative')
  for (const alternative of condition) {
    if ('absent' in alternative) continue
    const { S, N } = storedValue(alternative.value)
    if (S === undefined && N === undefined) {
      throw new Refused('A condition compares what is neither text nor number')
    }
  }
}

function isMet(condition: Condition, current: Item | undefined): boolean {
  return condition.some((alternative) => isOneMet(alternative, current))
}

function isOneMet(alternative: Alternative, current: Item | undefined): boolean {
  if ('absent' in alternative) return current === undefined
  const attribute = current?.[alternative.attribute]
  if (attribute === undefined) return false
  const order = compareAttributes(attribute, alternative.value)
  return alternative.is === '=' ? order === 0 : order < 0
}

/** Below 0, 0 or above; not a number where the types differ, which meets nothing. */
function compareAttributes(a: Attribute, b: Attribute): number {
  if (a.S !== undefined && b.S !== undefined) return compareUtf8(a.S, b.S)
  if (a.N !== undefined && b.N !== undefined) return compareNumbers(a.N, b.N)
  return Number.NaN
}
