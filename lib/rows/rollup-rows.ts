import type {
  Aggregation,
  CalendarGrain,
  ChangedRow,
  Leader,
  State,
  Window,
} from '../core/index.ts'
import { instant, keyOf, recordOf } from '../store/record.ts'
import {
  type Item,
  maxPartitionKeyBytes,
  type SendingWatch,
  type Table,
  type Write,
} from '../store/table.ts'
import {
  grainPrefix,
  isOfAggregation,
  leadersPartition,
  parseRollupRowKey,
  periodsBetween,
  rollupPartition,
  rollupRowKey,
} from './row-key.ts'
import { leaderboardItem, readLeaderboard } from './stored-leaders.ts'
import { encodedAttributes, readState } from './stored-state.ts'
import { decodeRow } from './unreadable-row.ts'

/** A leaderboard holds this many rows of a period, per key range. */
export const maxLeaders = 100

/** One key's totals of one period. `fromMs` and `toMs` are epoch ms, `toMs` exclusive. */
export interface RollupRow {
  readonly key: string
  readonly period: string
  readonly fromMs: number
  readonly toMs: number
  readonly state: State
}

/**
 * Rollup rows: pk `<aggregation>#<key>`, sk `<grain>#<period>`. Leaderboards beside them, one item
 * per key range: pk `<aggregation>#<grain>#<period>#leaders`, sk `<range>`; an escaped key holds no
 * `#`, so the two never meet. Reading throws UnreadableRow where a row holds something else.
 */
export interface RollupRows {
  /** Writes rows, and deletes those that have no state any more. Returns how many it sent. */
  write(
    aggregation: Aggregation,
    window: Window,
    rows: AsyncIterable<ChangedRow>,
    nowMs: number,
    watch?: SendingWatch,
  ): Promise<number>
  putLeaders(
    aggregation: Aggregation,
    window: Window,
    range: number,
    leaders: readonly Leader[],
    watch?: SendingWatch,
  ): Promise<void>
  /** The leaders of every key range, each range's in its order. */
  readLeaders(aggregation: Aggregation, window: Window): Promise<Leader[][]>
  /** One key's rows from one period's name to another's, both inclusive, in order. */
  readKey(
    aggregation: Aggregation,
    key: string,
    grain: CalendarGrain,
    fromPeriod: string,
    toPeriod: string,
  ): AsyncIterable<RollupRow>
  /** Every row of a grain, in no order. */
  scan(aggregation: Aggregation, grain: CalendarGrain): AsyncIterable<RollupRow>
}

/** What a row holds beside its state. */
const rollups = recordOf({
  fromMs: instant('from'),
  toMs: instant('to'),
  updatedAtMs: instant('updatedAt'),
})

export function createRollupRows(table: Table): RollupRows {
  return {
    write(aggregation, window, rows, nowMs, watch) {
      return table.writeAll(writesOf(aggregation, window, rows, nowMs), watch)
    },

    async putLeaders(aggregation, window, range, leaders, watch) {
      const itemKey = { pk: leadersPartition(aggregation, window), sk: String(range) }
      await table.put(leaderboardItem(aggregation, itemKey, leaders), undefined, watch)
    },

    async readLeaders(aggregation, window) {
      const ranges: Leader[][] = []
      for await (const item of table.query(leadersPartition(aggregation, window))) {
        ranges.push(decodeRow('rollups', item, () => readLeaderboard(aggregation, item)))
      }
      return ranges
    },

    async *readKey(aggregation, key, grain, fromPeriod, toPeriod) {
      const pk = rollupPartition(aggregation, key)
      if (Buffer.byteLength(pk) > maxPartitionKeyBytes) return
      const between = periodsBetween(grain, fromPeriod, toPeriod)
      for await (const item of table.query(pk, { between })) {
        yield decodeRow('rollups', item, () => readRow(aggregation, item))
      }
    },

    async *scan(aggregation, grain) {
      for await (const item of table.scan(grainPrefix(grain))) {
        if (isOfAggregation(aggregation, keyOf(item))) {
          yield decodeRow('rollups', item, () => readRow(aggregation, item))
        }
      }
    },
  }
}

async function* writesOf(
  aggregation: Aggregation,
  window: Window,
  rows: AsyncIterable<ChangedRow>,
  nowMs: number,
): AsyncGenerator<Write> {
  const { fromMs, toMs } = window
  for await (const { key, state } of rows) {
    const itemKey = rollupRowKey(aggregation, key, window)
    if (state === undefined) {
      yield { delete: itemKey }
      continue
    }
    const item = rollups.item(itemKey, { fromMs, toMs, updatedAtMs: nowMs })
    yield { put: { ...encodedAttributes(aggregation, state), ...item } }
  }
}

function readRow(aggregation: Aggregation, item: Item): RollupRow {
  return {
    ...parseRollupRowKey(keyOf(item)),
    fromMs: rollups.readOne(item, 'fromMs'),
    toMs: rollups.readOne(item, 'toMs'),
    state: readState(aggregation, item),
  }
}
