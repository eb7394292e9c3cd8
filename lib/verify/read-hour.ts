import { type Aggregation, encodeState, type State } from '../core/index.ts'
import { compareSequenceNumbers } from '../core/sequence-number.ts'
import type { BatchCut } from '../records/history.ts'
import { type FoldedHistory, foldHistory } from '../rollup/fold-history.ts'
import { rowId } from './row-id.ts'
import type { VerifyContext } from './verify-context.ts'

/** One key's minute as both sides have it; undefined where a side has no row. */
export interface BothSides {
  readonly id: string
  readonly aggregation: Aggregation
  readonly key: string
  readonly minuteMs: number
  /** As readers see it. */
  readonly minutes: State | undefined
  /** As they would see it by the shards' lanes alone. */
  readonly shards: State | undefined
  /** Whether readers see a total that was made from history, in place of the shards' lanes. */
  readonly hasCorrection: boolean
  readonly history: State | undefined
}

export interface ReadHour {
  readonly rows: readonly BothSides[]
  readonly folded: FoldedHistory
  /** The last sequence number that each shard was done with before minute rows were read. */
  readonly done: ReadonlyMap<string, string>
}

/**
 * Reads progress, then minute rows, then history. History is written before minute rows are, and
 * progress after both, so whatever rows hold history holds too, and what they lack of it is beyond
 * the progress of its shard.
 */
export async function readHour(context: VerifyContext, hourMs: number): Promise<ReadHour> {
  const { definition, stores } = context
  const done = await readProgress(context)
  const lanes = await readMinutes(context, hourMs)
  const folded = await foldHistory(definition, stores.history, hourMs, context.checkTime)
  return { rows: alignRows(lanes, folded), folded, done }
}

/** The last sequence number that each shard is done with. */
async function readProgress({ stores }: VerifyContext): Promise<Map<string, string>> {
  const done = new Map<string, string>()
  for await (const { shard, sequenceNumber } of stores.progress.list()) {
    done.set(shard, sequenceNumber)
  }
  return done
}

/** How Kinesis names every shard. Other lanes of history are no shard's, and make no progress. */
const shardPrefix = 'shardId-'

/** Whether a cut of history is of a batch that its shard was not done with. */
export function isBeyond(
  { lane, lastSequenceNumber }: BatchCut,
  done: ReadonlyMap<string, string>,
): boolean {
  const through = done.get(lane)
  if (through === undefined) return lane.startsWith(shardPrefix)
  return compareSequenceNumbers(lastSequenceNumber, through) > 0
}

type Minutes = Map<string, Omit<BothSides, 'history'>>

async function readMinutes(
  { definition, stores }: VerifyContext,
  hourMs: number,
): Promise<Minutes> {
  const rows: Minutes = new Map()
  for (const aggregation of definition.aggregations) {
    const lanes = await stores.minutes.readHourLanes(aggregation, hourMs)
    for (const { key, minuteMs, state: minutes, shards, corrected: hasCorrection } of lanes) {
      const id = rowId(aggregation, key, minuteMs)
      rows.set(id, { id, aggregation, key, minuteMs, minutes, shards, hasCorrection })
    }
  }
  return rows
}

function alignRows(minutes: Minutes, { fold }: FoldedHistory): BothSides[] {
  const rows: BothSides[] = []
  for (const { aggregation, key, minuteMs, state } of fold.totals()) {
    const id = rowId(aggregation, key, minuteMs)
    const found = minutes.get(id)
    minutes.delete(id)
    const none = { minutes: undefined, shards: undefined, hasCorrection: false }
    rows.push({ ...(found ?? { id, aggregation, key, minuteMs, ...none }), history: state })
  }
  for (const found of minutes.values()) rows.push({ ...found, history: undefined })
  return rows
}

/** Whether readers see what history says, and would not by the shards' lanes alone. */
export function isCorrected({ aggregation, minutes, shards, history }: BothSides): boolean {
  const stored = (state: State | undefined) =>
    JSON.stringify(state && encodeState(aggregation, state))
  return stored(minutes) === stored(history) && stored(shards) !== stored(history)
}
