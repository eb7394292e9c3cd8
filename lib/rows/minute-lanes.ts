import { type Aggregation, mergeStates, parseUtcName, type State } from '../core/index.ts'
import { type Item, readText } from '../store/table.ts'
import { readState } from './stored-state.ts'
import { decodeRow } from './unreadable-row.ts'

/** The lane of exact totals made from history; where it is, it stands for all other lanes. */
export const historyLane = 'history'

/** What a key came to in one minute (UTC), all lanes taken together. */
export interface MinuteRow {
  readonly key: string
  readonly minuteMs: number
  readonly state: State
}

/** A key's minute with what the lane `history` changes about it. */
export interface MinuteLanes {
  readonly key: string
  readonly minuteMs: number
  /** What readers see; undefined where they see no row. */
  readonly state: State | undefined
  /** What they would see without the lane `history`; undefined where no shard has a row. */
  readonly shards: State | undefined
  /** Whether the lane `history` is there. */
  readonly corrected: boolean
}

/**
 * Takes neighbours of one (partition, key, minute) together, which is how tables return them. Throws
 * UnreadableRow.
 */
export async function* mergeLanes(
  aggregation: Aggregation,
  items: AsyncIterable<Item>,
): AsyncGenerator<MinuteLanes> {
  let lanes: LaneRow[] = []
  for await (const item of items) {
    const lane = decodeRow('minutes', item, () => readLane(aggregation, item))
    if (lanes.length > 0 && lanes[0]?.id !== lane.id) {
      yield* mergedLanes(aggregation, lanes)
      lanes = []
    }
    lanes.push(lane)
  }
  yield* mergedLanes(aggregation, lanes)
}

/** The rows that readers see. */
export async function* mergedRows(lanes: AsyncIterable<MinuteLanes>): AsyncGenerator<MinuteRow> {
  for await (const { key, minuteMs, state } of lanes) {
    if (state !== undefined) yield { key, minuteMs, state }
  }
}

interface LaneRow {
  readonly id: string
  readonly key: string
  readonly minuteMs: number
  readonly lane: string
  readonly state: State | undefined
}

function* mergedLanes(aggregation: Aggregation, lanes: readonly LaneRow[]): Generator<MinuteLanes> {
  const [first] = lanes
  if (first === undefined) return
  const exact = lanes.find(({ lane }) => lane === historyLane)
  const [shard, ...others] = lanes
    .filter((lane) => lane !== exact)
    .map(({ state }) => state)
    .filter((state) => state !== undefined)
  const shards =
    shard && others.reduce((merged, state) => mergeStates(aggregation, merged, state), shard)
  const state = exact === undefined ? shards : exact.state
  const { key, minuteMs } = first
  yield { key, minuteMs, state, shards, corrected: exact !== undefined }
}

function readLane(aggregation: Aggregation, item: Item): LaneRow {
  const [key = '', minute = '', lane = ''] = readText(item, 'sk').split('#')
  const minuteMs = minuteOf(item)
  return {
    id: `${readText(item, 'pk')}#${key}#${minute}`,
    key,
    minuteMs,
    lane,
    state: item.removed?.BOOL ? undefined : readState(aggregation, item),
  }
}

/** The minute (epoch ms) that a row is of. */
export function minuteOf(item: Item): number {
  const sk = readText(item, 'sk')
  const [, minute = ''] = sk.split('#')
  const minuteMs = parseUtcName('minute', minute)
  if (minuteMs === undefined) throw new Error(`A minute row's sort key names no minute: ${sk}`)
  return minuteMs
}
