import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type {
  Alternative,
  Condition,
  Item,
  ItemKey,
  SortKeyRange,
  Table,
  Write,
} from '../../lib/aws/table.ts'

/**
 * A table in memory, for tests with more steps than a server could take. It passes the same
 * conformance suite as the table of DynamoDB.
 */
export class MemoryTable implements Table {
  readonly #partitions = new Map<string, Map<string, Item>>()

  /** Another table with the same items. */
  copy(): MemoryTable {
    const other = new MemoryTable()
    for (const [pk, items] of this.#partitions) other.#partitions.set(pk, new Map(items))
    return other
  }

  async get({ pk, sk }: ItemKey): Promise<Item | undefined> {
    return copyOf(this.#partitions.get(pk)?.get(sk))
  }

  async put(item: Item, condition?: Condition) {
    const { pk, sk } = keyOf(item)
    const current = this.#partitions.get(pk)?.get(sk)
    if (condition !== undefined && !isMet(condition, current)) {
      return { written: false, current: copyOf(current) } as const
    }
    this.#set(item)
    return { written: true } as const
  }

  async delete({ pk, sk }: ItemKey, condition: Condition): Promise<boolean> {
    const partition = this.#partitions.get(pk)
    if (!isMet(condition, partition?.get(sk))) return false
    partition?.delete(sk)
    return true
  }

  async writeAll(writes: AsyncIterable<Write> | Iterable<Write>): Promise<number> {
    let count = 0
    for await (const write of writes) {
      if ('put' in write) this.#set(write.put)
      else this.#partitions.get(write.delete.pk)?.delete(write.delete.sk)
      count++
    }
    return count
  }

  async *query(pk: string, { prefix = '', between, descending }: SortKeyRange = {}) {
    const found = this.#sorted(pk).filter(([sk]) => {
      const within = !between || (compare(between[0], sk) <= 0 && compare(sk, between[1]) <= 0)
      return within && sk.startsWith(prefix)
    })
    if (descending) found.reverse()
    for (const [, item] of found) yield copyOf(item)
  }

  async *scan(sortKeyPrefix = '') {
    for (const pk of [...this.#partitions.keys()]) {
      yield* this.query(pk, { prefix: sortKeyPrefix })
    }
  }

  #set(item: Item): void {
    const { pk, sk } = keyOf(item)
    const partition = this.#partitions.get(pk) ?? new Map<string, Item>()
    this.#partitions.set(pk, partition)
    partition.set(sk, copyOf(item))
  }

  #sorted(pk: string): [string, Item][] {
    return [...(this.#partitions.get(pk) ?? [])].sort(([a], [b]) => compare(a, b))
  }
}

const compare = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))

function keyOf({ pk, sk }: Item): ItemKey {
  if (!pk?.S || !sk?.S) throw new Error('An item must have texts that are not empty as pk and sk')
  return { pk: pk.S, sk: sk.S }
}

function copyOf<Value extends Item | undefined>(item: Value): Value {
  return structuredClone(item)
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
function compareAttributes(a: AttributeValue, b: AttributeValue): number {
  if (a.S !== undefined && b.S !== undefined) return compare(a.S, b.S)
  if (a.N !== undefined && b.N !== undefined) return Number(a.N) - Number(b.N)
  return Number.NaN
}
