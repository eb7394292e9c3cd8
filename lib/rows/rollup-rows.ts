import type {
  Aggregation,
  CalendarGrain,
  ChangedRow,
  PartRow,
  State,
  Window,
} from '../core/index.ts'
import { instant, keyOf, recordOf } from '../store/record.ts'
import {
  type Item,
  maxPartitionKeyBytes,
  readText,
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

export interface LeaderRow {
  readonly key: string
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
    rows: readonly PartRow[],
    watch?: SendingWatch,
  ): Promise<void>
  /** The leaders of every key range, each range's in its order. */
  readLeaders(aggregation: Aggregation, window: Window): Promise<LeaderRow[][]>
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

    async putLeaders(aggregation, window, range, rows, watch) {
      const leaders = rows.map(({ key, state }) => ({
        M: { key: { S: key }, state: { M: encodedAttributes(aggregation, state) } },
      }))
      const item = {
        pk: { S: leadersPartition(aggregation, window) },
        sk: { S: String(range) },
        leaders: { L: leaders },
      }
      await table.put(item, undefined, watch)
    },

    async readLeaders(aggregation, window) {
      const ranges: LeaderRow[][] = []
      for await (const item of table.query(leadersPartition(aggregation, window))) {
        const leaders = item.leaders?.L ?? []
        ranges.push(
          decodeRow('rollups', item, () => leaders.map(({ M = {} }) => leaderRow(aggregation, M))),
        )
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

function leaderRow(aggregation: Aggregation, item: Item): LeaderRow {
  return { key: readText(item, 'key'), state: readState(aggregation, item.state?.M ?? {}) }
}

function readRow(aggregation: Aggregation, item: Item): RollupRow {
  return {
    ...parseRollupRowKey(keyOf(item)),
    fromMs: rollups.readOne(item, 'fromMs'),
    toMs: rollups.readOne(item, 'toMs'),
    state: readState(aggregation, item),
  }
}
