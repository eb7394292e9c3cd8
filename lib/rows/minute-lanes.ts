import { type Aggregation, mergeStates, type State } from '../core/index.ts'
import { expiryTime, flag, keyOf, recordOf, text } from '../store/record.ts'
import type { Item } from '../store/table.ts'
import { parseMinuteRowKey } from './row-key.ts'
import { readState } from './stored-state.ts'
import { decodeRow } from './unreadable-row.ts'

/** The lane of corrections, made from history; where it is, it stands for all other lanes. */
export const correctionLane = 'history'

/** What a shard's lane holds beside its state. */
export const laneRows = recordOf({
  /** The last sequence number that is folded into it. */
  through: text(),
  expiresAtMs: expiryTime('expiresAt'),
})

/** What a correction holds beside its state: it has none where nothing is left of the key. */
export const correctionRows = recordOf({ removed: flag(), expiresAtMs: expiryTime('expiresAt') })

/** What a key came to in one minute (UTC), all lanes taken together. */
export interface MinuteRow {
  readonly key: string
  readonly minuteMs: number
  readonly state: State
}

/** A key's minute with what a correction changes about it. */
export interface MinuteLanes {
  readonly key: string
  readonly minuteMs: number
  /** What readers see; undefined where they see no row. */
  readonly state: State | undefined
  /** What they would see without a correction; undefined where no shard has a row. */
  readonly shards: State | undefined
  /** Whether there is a correction. */
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
  const correction = lanes.find(({ lane }) => lane === correctionLane)
  const [shard, ...others] = lanes
    .filter((lane) => lane !== correction)
    .map(({ state }) => state)
    .filter((state) => state !== undefined)
  const shards =
    shard && others.reduce((merged, state) => mergeStates(aggregation, merged, state), shard)
  const state = correction === undefined ? shards : correction.state
  const { key, minuteMs } = first
  yield { key, minuteMs, state, shards, corrected: correction !== undefined }
}

function readLane(aggregation: Aggregation, item: Item): LaneRow {
  const itemKey = keyOf(item)
  const { key, minuteMs, lane } = parseMinuteRowKey(itemKey)
  return {
    id: `${itemKey.pk}#${key}#${minuteMs}`,
    key,
    minuteMs,
    lane,
    state: correctionRows.readOne(item, 'removed') ? undefined : readState(aggregation, item),
  }
}
