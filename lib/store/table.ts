import type { Attribute, Item, ItemKey } from './attribute.ts'

export type { Item, ItemKey } from './attribute.ts'

/** One way in which the item that is there may satisfy a condition. */
export type Alternative =
  | { readonly absent: true }
  | {
      readonly attribute: string
      readonly is: '=' | '<'
      readonly value: Attribute
    }

/** Met when any of the alternatives is. */
export type Condition = readonly Alternative[]

export type PutResult =
  | { readonly written: true }
  /** `current` is the item that was there, where the server tells. */
  | { readonly written: false; readonly current: Item | undefined }

export type Write = { readonly put: Item } | { readonly delete: ItemKey }

export interface SortKeyRange {
  /** Only sort keys that begin so. */
  readonly prefix?: string
  /**
   * Only sort keys from here to there, both inclusive; none where there is before here. Not together
   * with a prefix.
   */
  readonly between?: readonly [string, string]
  readonly descending?: boolean
}

/** Told of each time that a write is sent, retries and the parts of a batch included. */
export interface SendingWatch {
  /** Right before it. What this throws is thrown as it is, and nothing is sent any more. */
  before(): void
  /** Nobody knows whether it is applied, and if so, when: another sending may be answered first. */
  inDoubt(): void
}

/**
 * What the stores need of a table whose items have a text partition key `pk` and sort key `sk`.
 * Reads see every write that was answered before them, but for `scan`. Every method throws
 * StorageTrouble once its retries are spent.
 */
export interface Table {
  get(key: ItemKey): Promise<Item | undefined>
  put(item: Item, condition?: Condition, watch?: SendingWatch): Promise<PutResult>
  /** Whether the item was deleted, which it is not where the condition is not met. */
  delete(key: ItemKey, condition: Condition): Promise<boolean>
  /** Puts and deletes without conditions, in no order; no two may have one key. */
  writeAll(writes: AsyncIterable<Write> | Iterable<Write>, watch?: SendingWatch): Promise<number>
  /** The items of one partition key in the order of their sort keys (UTF-8 bytes). */
  query(pk: string, range?: SortKeyRange): AsyncIterable<Item>
  /** Every item; those of one partition key come together, in order. Eventually consistent. */
  scan(sortKeyPrefix?: string): AsyncIterable<Item>
}

/** DynamoDB takes no longer keys, and does not look for any either. */
export const maxPartitionKeyBytes = 2048
export const maxSortKeyBytes = 1024
