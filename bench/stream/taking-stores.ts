import { randomUUID } from 'node:crypto'
import { bucketCount } from '../../lib/contract/defaults.ts'
import { dayMs } from '../../lib/core/index.ts'
import type { StreamSeams } from '../../lib/deployment/seams.ts'
import { createStreamStores } from '../../lib/deployment/stores.ts'
import { type ApplyCounts, ExactlyOnceMinutes } from '../../lib/rows/exactly-once-minutes.ts'
import type { Table } from '../../lib/store/table.ts'
import type { StreamStores } from '../../lib/stream/apply-batch.ts'
import type { Stopwatch } from './stopwatch.ts'

/** Takes whatever is put, and holds nothing. */
const takingTable: Table = {
  get: async () => undefined,
  put: async () => ({ written: true }),
  delete: async () => true,
  async writeAll(writes) {
    let written = 0
    for await (const _ of writes) written++
    return written
  },
  async *query() {},
  async *scan() {},
}

const takingSeams: StreamSeams = {
  minutes: takingTable,
  ledger: takingTable,
  objects: { async put() {} },
}

const options = {
  bucketCount,
  minuteRetentionMs: 35 * dayMs,
  nowMs: Date.now,
  newToken: randomUUID,
}

/** Asks for the totals of a batch as who writes rows does, and writes none. */
class TotalsAlone extends ExactlyOnceMinutes {
  override async apply(...[, decoded]: Parameters<ExactlyOnceMinutes['apply']>) {
    const counts: ApplyCounts = { written: 0, unchanged: 0, expired: 0, refused: 0 }
    for (const _ of decoded.fold(0).totals()) counts.written++
    return counts
  }
}

/**
 * The stores of the stream function without what is behind them: history is encoded and put nowhere,
 * and minute rows are folded and not written. Their shares of the time are told to the watch.
 */
export function takingStores(watch: Stopwatch): StreamStores {
  const stores = createStreamStores(takingSeams, options)
  const minutes = new TotalsAlone({
    ...options,
    table: takingTable,
    expiryMs: () => Number.POSITIVE_INFINITY,
    concurrency: 1,
    maxRememberedRows: 0,
  })
  const { append } = stores.history
  stores.history.append = (...given) => watch.during('history', () => append(...given))
  const { apply } = minutes
  minutes.apply = (...given) => watch.during('fold', () => apply.apply(minutes, given))
  return { ...stores, exactlyOnceMinutes: minutes }
}
