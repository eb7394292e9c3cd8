import { type Aggregation, bucketOf, hourMs, hourStart, type State } from '../core/index.ts'
import { keyOf } from '../store/record.ts'
import {
  type Item,
  maxSortKeyBytes,
  type SendingWatch,
  type Table,
  type Write,
} from '../store/table.ts'
import {
  correctionLane,
  correctionRows,
  laneRows,
  type MinuteLanes,
  type MinuteRow,
  mergedRows,
  mergeLanes,
} from './minute-lanes.ts'
import {
  hourOfMinuteRow,
  isOfAggregation,
  minutePartition,
  minuteRowKey,
  minutesBetween,
  parseMinuteRowKey,
} from './row-key.ts'
import { stateAttributes } from './stored-state.ts'
import { decodeRow } from './unreadable-row.ts'

/**
 * The exact total of a key's minute, made from history; without a state where nothing of the key is
 * left in the minute.
 */
export interface Correction {
  readonly key: string
  readonly minuteMs: number
  readonly state: State | undefined
}

/**
 * Minute rows: pk `<aggregation>#<hour>#<bucket>`, sk `<key>#<minute>#<lane>`. Shards' lanes are
 * written by `ExactlyOnceMinutes`; this is what readers and the rollup use. Reading throws
 * UnreadableRow where a row holds something else.
 */
export interface MinuteRows {
  /** Puts corrections into their lane, in place of what that held. */
  putCorrections(
    aggregation: Aggregation,
    corrections: Iterable<Correction>,
    watch?: SendingWatch,
  ): Promise<number>
  /** All rows of one hour (UTC), in no order. */
  readHour(aggregation: Aggregation, hourMs: number): AsyncIterable<MinuteRow>
  /** The same with what the shards' lanes alone come to: all in memory, and all buckets at once. */
  readHourLanes(aggregation: Aggregation, hourMs: number): Promise<MinuteLanes[]>
  /** One key's rows of the minutes from there to here (epoch ms, `toMs` exclusive), in order. */
  readKey(
    aggregation: Aggregation,
    key: string,
    fromMs: number,
    toMs: number,
  ): AsyncIterable<MinuteRow>
  /** Every row of an aggregation, in no order. */
  scan(aggregation: Aggregation): AsyncIterable<MinuteRow>
  /** The hours (UTC) that hold rows of any aggregation, each once. Reads the whole table. */
  hours(): AsyncIterable<number>
  /** Whether a minute is past its retention, so that it has no rows any more. */
  isExpired(minuteMs: number): boolean
}

export interface MinuteRowsOptions {
  readonly table: Table
  readonly bucketCount: number
  readonly nowMs: () => number
  /** Since when (epoch ms) a minute has no rows any more. */
  readonly expiryMs: (minuteMs: number) => number
}

export function createMinuteRows(options: MinuteRowsOptions): MinuteRows {
  const { table, bucketCount, nowMs } = options
  // Also rows of a minute that is kept for less than they were written to be.
  const unexpired = (minutes: AsyncIterable<MinuteLanes>) =>
    filtered(minutes, ({ minuteMs }) => !isExpired(options, minuteMs))
  const read = (aggregation: Aggregation, items: AsyncIterable<Item>) =>
    unexpired(mergeLanes(aggregation, withoutExpired(items, nowMs())))
  const bucketsOf = (aggregation: Aggregation, hour: number) =>
    Array.from({ length: bucketCount }, (_, bucket) => {
      const pk = minutePartition(aggregation, hour, bucket)
      return read(aggregation, table.query(pk))
    })
  return {
    putCorrections(aggregation, corrections, watch) {
      return table.writeAll(correctionWrites(options, aggregation, corrections), watch)
    },

    async *readHour(aggregation, hour) {
      for (const bucket of bucketsOf(aggregation, hour)) yield* mergedRows(bucket)
    },

    async readHourLanes(aggregation, hour) {
      const buckets = bucketsOf(aggregation, hour).map((rows) => Array.fromAsync(rows))
      return (await Promise.all(buckets)).flat()
    },

    async *readKey(aggregation, key, fromMs, toMs) {
      if (fromMs >= toMs) return
      const bucket = bucketOf(key, bucketCount)
      for (let hour = hourStart(fromMs); hour < toMs; hour += hourMs) {
        const lastMs = Math.min(hour + hourMs, toMs) - 1
        const between = minutesBetween(key, Math.max(hour, fromMs), lastMs)
        if (Buffer.byteLength(between[1]) > maxSortKeyBytes) return
        const items = table.query(minutePartition(aggregation, hour, bucket), { between })
        yield* mergedRows(read(aggregation, items))
      }
    },

    async *scan(aggregation) {
      const ours = filtered(table.scan(), (item) => isOfAggregation(aggregation, keyOf(item)))
      yield* mergedRows(read(aggregation, ours))
    },

    hours: () => hoursWithRows(options),

    isExpired: (minuteMs) => isExpired(options, minuteMs),
  }
}

async function* hoursWithRows(options: MinuteRowsOptions): AsyncGenerator<number> {
  const found = new Set<number>()
  const nowMs = options.nowMs()
  for await (const item of options.table.scan()) {
    // A row that does not say so is looked at, so that whoever reads its hour finds it.
    const expiresAtMs = laneRows.find(item, 'expiresAtMs') ?? Number.POSITIVE_INFINITY
    if (expiresAtMs <= nowMs) continue
    const [hour, minute] = decodeRow('minutes', item, () => {
      const key = keyOf(item)
      return [hourOfMinuteRow(key), parseMinuteRowKey(key).minuteMs] as const
    })
    if (found.has(hour) || isExpired(options, minute)) continue
    found.add(hour)
    yield hour
  }
}

function* correctionWrites(
  options: MinuteRowsOptions,
  aggregation: Aggregation,
  corrections: Iterable<Correction>,
): Generator<Write> {
  for (const { key, minuteMs, state } of corrections) {
    if (isExpired(options, minuteMs)) continue
    const itemKey = minuteRowKey(aggregation, options.bucketCount, key, minuteMs, correctionLane)
    const expiresAtMs = options.expiryMs(minuteMs)
    const item = correctionRows.item(itemKey, { removed: state === undefined, expiresAtMs })
    yield { put: { ...(state && stateAttributes(aggregation, state)), ...item } }
  }
}

/** Whether a minute is past its retention, so that no row of it is written or read any more. */
export function isExpired(
  { nowMs, expiryMs }: Pick<MinuteRowsOptions, 'nowMs' | 'expiryMs'>,
  minuteMs: number,
): boolean {
  return expiryMs(minuteMs) <= nowMs()
}

/** DynamoDB deletes expired items late, so readers pass them over. */
function withoutExpired(items: AsyncIterable<Item>, nowMs: number): AsyncIterable<Item> {
  return filtered(items, (item) => {
    return decodeRow('minutes', item, () => laneRows.readOne(item, 'expiresAtMs')) > nowMs
  })
}

async function* filtered<Of>(all: AsyncIterable<Of>, isWanted: (one: Of) => boolean) {
  for await (const one of all) if (isWanted(one)) yield one
}
