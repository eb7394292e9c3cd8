import type {
  Aggregation,
  CalendarGrain,
  ChangedRow,
  Leader,
  State,
  Window,
} from '../core/index.ts'
import {
  type Item,
  maxPartitionKeyBytes,
  readText,
  type SendingWatch,
  type Table,
  type Write,
} from '../store/table.ts'
import { leaderAttribute, readLeader } from './stored-leader.ts'
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

export function createRollupRows(table: Table): RollupRows {
  return {
    write(aggregation, window, rows, nowMs, watch) {
      return table.writeAll(writesOf(aggregation, window, rows, nowMs), watch)
    },

    async putLeaders(aggregation, window, range, leaders, watch) {
      const item = {
        pk: { S: leadersPartition(aggregation, window) },
        sk: { S: String(range) },
        leaders: { L: leaders.map((leader) => leaderAttribute(aggregation, leader)) },
      }
      await table.put(item, undefined, watch)
    },

    async readLeaders(aggregation, window) {
      const ranges: Leader[][] = []
      for await (const item of table.query(leadersPartition(aggregation, window))) {
        const leaders = item.leaders?.L ?? []
        ranges.push(
          decodeRow('rollups', item, () => leaders.map(({ M = {} }) => readLeader(aggregation, M))),
        )
      }
      return ranges
    },

    async *readKey(aggregation, key, grain, fromPeriod, toPeriod) {
      const pk = `${aggregation.name}#${key}`
      if (Buffer.byteLength(pk) > maxPartitionKeyBytes) return
      const between = [`${grain}#${fromPeriod}`, `${grain}#${toPeriod}`] as const
      for await (const item of table.query(pk, { between })) {
        yield decodeRow('rollups', item, () => readRow(aggregation, item))
      }
    },

    async *scan(aggregation, grain) {
      for await (const item of table.scan(`${grain}#`)) {
        if (readText(item, 'pk').startsWith(`${aggregation.name}#`)) {
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
  const sk = `${window.grain}#${window.name}`
  for await (const { key, state } of rows) {
    const pk = `${aggregation.name}#${key}`
    if (state === undefined) {
      yield { delete: { pk, sk } }
      continue
    }
    yield {
      put: {
        pk: { S: pk },
        sk: { S: sk },
        ...encodedAttributes(aggregation, state),
        from: instant(window.fromMs),
        to: instant(window.toMs),
        updatedAt: instant(nowMs),
      },
    }
  }
}

const instant = (ms: number) => ({ S: new Date(ms).toISOString() })

function leadersPartition(aggregation: Aggregation, window: Window): string {
  return `${aggregation.name}#${window.grain}#${window.name}#leaders`
}

function readRow(aggregation: Aggregation, item: Item): RollupRow {
  const sk = readText(item, 'sk')
  return {
    key: readText(item, 'pk').slice(aggregation.name.length + 1),
    period: sk.slice(sk.indexOf('#') + 1),
    fromMs: Date.parse(readText(item, 'from')),
    toMs: Date.parse(readText(item, 'to')),
    state: readState(aggregation, item),
  }
}
