import type { BucketBackend, Difference, TableBackend } from './backend.ts'
import { type EmbeddedStores, openEmbeddedStores } from './embedded-stores.ts'

/** Those of dynalite 4.0.0. */
export const embeddedDifferences: ReadonlySet<Difference> = new Set([
  'does not tell what was there',
  'counts characters of texts, not bytes',
  'looks for what no key can be',
  'orders texts in conditions by UTF-16',
  'compares what has no order',
  'takes any depth',
  'takes attributes without a name',
])

/** The servers that `start` and `run` stand on, one pair of them for all suites. */
export function embeddedBackend(): TableBackend & BucketBackend {
  let stores: EmbeddedStores | undefined
  const opened = () => {
    if (stores === undefined) throw new Error('The embedded servers are not open')
    return stores
  }
  return {
    name: 'the embedded servers',
    mostRuns: 12,
    differences: embeddedDifferences,
    async open() {
      stores = await openEmbeddedStores(0)
    },
    close: () => opened().close(),
    emptyTable: () => opened().emptyTable(),
    emptyBucket: () => opened().emptyBucket(),
  }
}
