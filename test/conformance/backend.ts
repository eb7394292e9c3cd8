import type { Objects } from '../../lib/store/objects.ts'
import type { Table } from '../../lib/store/table.ts'

/**
 * In what a server is known to differ from DynamoDB, where a store could notice. What is not named
 * here has to be as on DynamoDB, and what is named has to differ: a server that has come to do it
 * right fails its suite until the name is gone.
 */
export type Difference =
  /** `ReturnValuesOnConditionCheckFailure` is passed over in silence. */
  | 'does not tell what was there'
  | 'counts characters of texts, not bytes'
  | 'looks for what no key can be'
  | 'orders texts in conditions by UTF-16'
  | 'compares what has no order'
  | 'takes any depth'
  | 'takes attributes without a name'
  | 'leaves numbers in lists as they were written'

/** Whatever stores can stand on: the suites of all stores run against each. */
export interface Backend {
  readonly name: string
  /** A property is tried no more often than that, since each try costs requests. */
  readonly mostRuns: number
  open(): Promise<void>
  close(): Promise<void>
}

export interface TableBackend extends Backend {
  readonly differences: ReadonlySet<Difference>
  /** A new table, which goes with the backend. */
  emptyTable(): Promise<Table>
}

export interface BucketBackend extends Backend {
  /** A new bucket, which goes with the backend. */
  emptyBucket(): Promise<Objects>
}
