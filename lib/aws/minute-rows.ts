import {
  type Aggregation,
  bucketOf,
  hourMs,
  hourName,
  hourStart,
  mergeStates,
  minuteMs as minuteLengthMs,
  minuteName,
  parseUtcName,
  type State,
} from '../core/index.ts'
import { readState, stateAttributes } from './stored-state.ts'
import {
  type Item,
  type ItemKey,
  maxSortKeyBytes,
  readInteger,
  readText,
  type Table,
  type Write,
} from './table.ts'

/** The lane of exact totals made from history; where it is, it stands for all other lanes. */
export const historyLane = 'history'

/** What a key came to in one minute (UTC), all lanes taken together. */
export interface MinuteRow {
  readonly key: string
  readonly minuteMs: number
  readonly state: State
}

/** An exact total from history; without a state where nothing of the key is left in the minute. */
export interface HistoryTotal {
  readonly key: string
  readonly minuteMs: number
  readonly state: State | undefined
}

/**
 * Minute rows: pk `<aggregation>#<hour>#<bucket>`, sk `<key>#<minute>#<lane>`. Shards' lanes are
 * written by `ExactlyOnceMinutes`; this is what readers and the rollup use.
 */
export interface MinuteRows {
  /** Puts exact totals into the lane `history`, in place of what that lane held. */
  putHistoryTotals(
    aggregation: Aggregation,
    totals: AsyncIterable<HistoryTotal> | Iterable<HistoryTotal>,
  ): Promise<number>
  /** All rows of one hour (UTC), in no order. */
  readHour(aggregation: Aggregation, hourMs: number): AsyncIterable<MinuteRow>
  /** One key's rows of the minutes from there to here (epoch ms, `toMs` exclusive), in order. */
  readKey(
    aggregation: Aggregation,
    key: string,
    fromMs: number,
    toMs: number,
  ): AsyncIterable<MinuteRow>
  /** Every row of an aggregation, in no order. */
  scan(aggregation: Aggregation): AsyncIterable<MinuteRow>
}

export interface MinuteRowsOptions {
  readonly table: Table
  readonly bucketCount: number
  readonly nowMs: () => number
  /** How long the rows of a minute are kept after its end. */
  readonly retentionMs: number
}

export function createMinuteRows(options: MinuteRowsOptions): MinuteRows {
  const { table, bucketCount, nowMs } = options
  const unexpired = (items: AsyncIterable<Item>) => withoutExpired(items, nowMs() / 1000)
  return {
    putHistoryTotals(aggregation, totals) {
      const writes = async function* (): AsyncGenerator<Write> {
        for await (const { key, minuteMs, state } of totals) {
          if (isExpired(options, minuteMs)) continue
          const itemKey = minuteKey(aggregation, bucketCount, key, minuteMs, historyLane)
          const content = state === undefined ? removed : stateAttributes(aggregation, state)
          yield { put: { ...keyItem(itemKey), ...content, ...expiry(options, minuteMs) } }
        }
      }
      return table.writeAll(writes())
    },

    async *readHour(aggregation, hour) {
      for (let bucket = 0; bucket < bucketCount; bucket++) {
        const pk = partition(aggregation, hour, bucket)
        yield* mergeLanes(aggregation, unexpired(table.query(pk)))
      }
    },

    async *readKey(aggregation, key, fromMs, toMs) {
      if (fromMs >= toMs) return
      const bucket = bucketOf(key, bucketCount)
      for (let hour = hourStart(fromMs); hour < toMs; hour += hourMs) {
        const first = minuteName(Math.max(hour, fromMs))
        const last = minuteName(Math.min(hour + hourMs, toMs) - 1)
        // `$` follows `#`, so this takes every lane of the last minute.
        const between = [`${key}#${first}`, `${key}#${last}$`] as const
        if (Buffer.byteLength(between[1]) > maxSortKeyBytes) return
        const items = table.query(partition(aggregation, hour, bucket), { between })
        yield* mergeLanes(aggregation, unexpired(items))
      }
    },

    async *scan(aggregation) {
      const ours = withPrefix(table.scan(), `${aggregation.name}#`)
      yield* mergeLanes(aggregation, unexpired(ours))
    },
  }
}

const removed: Item = { removed: { BOOL: true } }

function partition(aggregation: Aggregation, hour: number, bucket: number): string {
  return `${aggregation.name}#${hourName(hour)}#${bucket}`
}

export function minuteKey(
  aggregation: Aggregation,
  bucketCount: number,
  key: string,
  minuteMs: number,
  lane: string,
): ItemKey {
  return {
    pk: partition(aggregation, hourStart(minuteMs), bucketOf(key, bucketCount)),
    sk: `${key}#${minuteName(minuteMs)}#${lane}`,
  }
}

export const keyItem = ({ pk, sk }: ItemKey): Item => ({ pk: { S: pk }, sk: { S: sk } })

/** Counted from the minute, so that all lanes of it go together and none is missing from a total. */
export function expiry({ retentionMs }: { retentionMs: number }, minuteMs: number): Item {
  return { expiresAt: { N: String((minuteMs + minuteLengthMs + retentionMs) / 1000) } }
}

/** Whether a minute is past its retention, so that no row of it is written any more. */
export function isExpired(
  { nowMs, retentionMs }: { nowMs: () => number; retentionMs: number },
  minuteMs: number,
): boolean {
  return minuteMs + minuteLengthMs + retentionMs <= nowMs()
}

/** DynamoDB deletes expired items late, so readers pass them over. */
async function* withoutExpired(items: AsyncIterable<Item>, nowSeconds: number) {
  for await (const item of items) {
    if (readInteger(item, 'expiresAt') > nowSeconds) yield item
  }
}

async function* withPrefix(items: AsyncIterable<Item>, prefix: string) {
  for await (const item of items) {
    if (readText(item, 'pk').startsWith(prefix)) yield item
  }
}

interface LaneRow {
  readonly id: string
  readonly key: string
  readonly minuteMs: number
  readonly lane: string
  readonly state: State | undefined
}

/** Merges neighbours of one (partition, key, minute), which is how tables return them. */
async function* mergeLanes(
  aggregation: Aggregation,
  items: AsyncIterable<Item>,
): AsyncGenerator<MinuteRow> {
  let lanes: LaneRow[] = []
  for await (const item of items) {
    const lane = readLane(aggregation, item)
    if (lanes.length > 0 && lanes[0]?.id !== lane.id) {
      yield* mergedLanes(aggregation, lanes)
      lanes = []
    }
    lanes.push(lane)
  }
  yield* mergedLanes(aggregation, lanes)
}

function* mergedLanes(aggregation: Aggregation, lanes: readonly LaneRow[]): Generator<MinuteRow> {
  const exact = lanes.find(({ lane }) => lane === historyLane)
  const [first, ...rest] = exact === undefined ? lanes : [exact]
  if (first?.state === undefined) return
  const state = rest.reduce(
    (merged, lane) => (lane.state ? mergeStates(aggregation, merged, lane.state) : merged),
    first.state,
  )
  yield { key: first.key, minuteMs: first.minuteMs, state }
}

function readLane(aggregation: Aggregation, item: Item): LaneRow {
  const sk = readText(item, 'sk')
  const [key = '', minute = '', lane = ''] = sk.split('#')
  const minuteMs = parseUtcName('minute', minute)
  if (minuteMs === undefined) throw new Error(`A minute row's sort key names no minute: ${sk}`)
  return {
    id: `${readText(item, 'pk')}#${key}#${minute}`,
    key,
    minuteMs,
    lane,
    state: item.removed?.BOOL ? undefined : readState(aggregation, item),
  }
}
