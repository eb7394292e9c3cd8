import pMap from 'p-map'
import { type BatchTotal, type DecodedBatch, mergeStates, type State } from '../core/index.ts'
import { compareSequenceNumbers } from '../core/sequence-number.ts'
import { absent } from '../store/record.ts'
import type { Condition, Item, Table } from '../store/table.ts'
import { laneRows } from './minute-lanes.ts'
import { isExpired } from './minute-rows.ts'
import { RecentRows } from './recent-rows.ts'
import { minuteRowKey } from './row-key.ts'
import { readState, stateAttributes } from './stored-state.ts'
import { decodeRow } from './unreadable-row.ts'

/** A batch of a lane. */
interface LaneBatch {
  readonly decoded: Pick<DecodedBatch, 'fold'>
  /** For each line that of the record that it came in, in order. */
  readonly sequenceNumbers: readonly string[]
}

/** What a lane's row holds, as last read or written. */
interface LaneState {
  readonly state: State
  readonly through: string
}

export interface ApplyCounts {
  /** Rows put. */
  written: number
  /** Rows that held the whole batch already, from an attempt before this one. */
  unchanged: number
  /** Rows that were not put since their minute is past its retention; history has the events. */
  expired: number
  /** Puts that were refused since the row was not as expected; each cost a write. */
  refused: number
}

export interface ExactlyOnceMinutesOptions {
  readonly table: Table
  readonly bucketCount: number
  readonly nowMs: () => number
  /** Since when (epoch ms) a minute has no rows any more. */
  readonly expiryMs: (minuteMs: number) => number
  /** Rows put at the same time. */
  readonly concurrency: number
  /** Rows remembered between batches, so that the usual put needs no read. */
  readonly maxRememberedRows: number
}

/**
 * Folds batches into minute rows, each record once, however often it is delivered and however its
 * batches are cut.
 *
 * A row of a lane holds the lane's whole state and `through`, the last sequence number folded into
 * it. A put demands that `through` is what we last saw, or that the row is new. Where that fails,
 * the row says which records it holds, and only those after them are folded in. This needs one
 * writer per lane, in order, which is what an event source mapping with a parallelization factor of
 * 1 gives; a writer that was taken for dead and still writes is caught by the condition.
 */
export class ExactlyOnceMinutes {
  readonly #options: ExactlyOnceMinutesOptions
  readonly #recent: RecentRows<LaneState>

  constructor(options: ExactlyOnceMinutesOptions) {
    this.#options = options
    this.#recent = new RecentRows(options.maxRememberedRows)
  }

  /**
   * Adds a batch's totals to a lane. `sequenceNumbers` holds for each line of the batch that of the
   * record that it came in, in order. Throws StorageTrouble, or an Error where a row was changed by
   * others at every attempt, which only a second writer of the lane does; rows written before that
   * are found written next time.
   */
  async apply(
    lane: string,
    decoded: Pick<DecodedBatch, 'fold'>,
    sequenceNumbers: readonly string[],
  ): Promise<ApplyCounts> {
    const counts: ApplyCounts = { written: 0, unchanged: 0, expired: 0, refused: 0 }
    const batch = { decoded, sequenceNumbers }
    await pMap(decoded.fold(0).totals(), (total) => this.#applyTotal(lane, total, batch, counts), {
      concurrency: this.#options.concurrency,
    })
    return counts
  }

  async #applyTotal(
    lane: string,
    total: BatchTotal,
    batch: LaneBatch,
    counts: ApplyCounts,
  ): Promise<void> {
    const { table, bucketCount, expiryMs } = this.#options
    const { aggregation } = total
    if (isExpired(this.#options, total.minuteMs)) {
      counts.expired++
      return
    }
    const key = minuteRowKey(aggregation, bucketCount, total.key, total.minuteMs, lane)
    const id = `${key.pk}#${key.sk}`
    let known = this.#recent.get(id)
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const next = foldAfter(total, batch, known)
      if (next === undefined) {
        counts.unchanged++
        return
      }
      const item: Item = {
        ...stateAttributes(aggregation, next.state),
        // Of the minute alone, so that all lanes of it go together and none is missing from a total.
        ...laneRows.item(key, { through: next.through, expiresAtMs: expiryMs(total.minuteMs) }),
      }
      const result = await table.put(item, conditionOn(known))
      if (result.written) {
        this.#recent.set(id, next)
        counts.written++
        return
      }
      counts.refused++
      const found = result.current ?? (await table.get(key))
      known =
        found &&
        decodeRow('minutes', found, () => ({
          state: readState(aggregation, found),
          through: laneRows.readOne(found, 'through'),
        }))
      if (known) this.#recent.set(id, known)
      else this.#recent.delete(id)
    }
    throw new Error(`The row ${id} was changed by others ${maxAttempts} times: two writers a lane?`)
  }
}

/** A lane has one writer and at most a few that are dying, so more refusals mean a mistake. */
const maxAttempts = 20

function conditionOn(known: LaneState | undefined): Condition {
  return [known === undefined ? absent : laneRows.is('through', known.through)]
}

/** The row with what it lacks of the total; undefined where it lacks nothing. */
function foldAfter(
  total: BatchTotal,
  { decoded, sequenceNumbers }: LaneBatch,
  known: LaneState | undefined,
): LaneState | undefined {
  const { aggregation, key, minuteMs } = total
  const lacking = known
    ? decoded.fold(firstAfter(sequenceNumbers, known.through)).get(aggregation, key, minuteMs)
    : total
  if (lacking === undefined) return undefined
  return {
    state: known ? mergeStates(aggregation, known.state, lacking.state) : lacking.state,
    through: sequenceNumbers[lacking.lastLine] as string,
  }
}

/** The first line that came in a record after that one. */
function firstAfter(sequenceNumbers: readonly string[], through: string): number {
  let [from, to] = [0, sequenceNumbers.length]
  while (from < to) {
    const middle = (from + to) >>> 1
    if (compareSequenceNumbers(sequenceNumbers[middle] as string, through) > 0) to = middle
    else from = middle + 1
  }
  return from
}
