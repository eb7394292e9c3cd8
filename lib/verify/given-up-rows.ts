import type { FailedBatches } from '../aws/failed-batches.ts'
import { type BatchCut, isRedriven } from '../aws/history.ts'
import type { KinesisBatch } from '../aws/kinesis-batch.ts'
import { compareSequenceNumbers } from '../aws/sequence-number.ts'
import { type DecodedEvent, decodeEvent, hourStart, type Pipeline, Reject } from '../core/index.ts'
import { rowIdsOf } from './row-id.ts'

/** Finds the rows that events of given-up batches would count in. */
export class GivenUpRows {
  readonly #pipeline: Pipeline
  readonly #batches: FailedBatches
  /** The hours that an object has events of, so that it is read again for these alone. */
  readonly #hoursOf = new Map<string, ReadonlySet<number>>()

  constructor(pipeline: Pipeline, batches: FailedBatches) {
    this.#pipeline = pipeline
    this.#batches = batches
  }

  /**
   * The ids of an hour's rows. `cuts` are what history of the hour holds: where a batch overlaps none
   * of these, it was given up before it came there, and nothing differs for it.
   */
  async inHour(hourMs: number, cuts: readonly BatchCut[]): Promise<Set<string>> {
    const ids = new Set<string>()
    for await (const objectKey of this.#batches.list()) {
      if (this.#hoursOf.get(objectKey)?.has(hourMs) === false) continue
      const failed = await this.#batches.read(objectKey)
      if (failed === undefined) continue
      const { batch } = failed
      const events = this.#eventsOf(batch)
      this.#hoursOf.set(objectKey, new Set(events.map(({ timeMs }) => hourStart(timeMs))))
      if (!cuts.some((cut) => overlap(cut, batch))) continue
      for (const event of events) {
        if (hourStart(event.timeMs) !== hourMs) continue
        for (const id of rowIdsOf(this.#pipeline, event)) ids.add(id)
      }
    }
    return ids
  }

  #eventsOf({ records }: KinesisBatch): DecodedEvent[] {
    return records.flatMap(({ data, arrivedMs }) => {
      const event = decodeEvent(this.#pipeline, data, arrivedMs)
      return event instanceof Reject ? [] : [event]
    })
  }
}

function overlap(cut: BatchCut, batch: KinesisBatch): boolean {
  return (
    isLaneOf(batch.shard, cut) &&
    compareSequenceNumbers(cut.firstSequenceNumber, batch.lastSequenceNumber) <= 0 &&
    compareSequenceNumbers(batch.firstSequenceNumber, cut.lastSequenceNumber) <= 0
  )
}

/** A redrive that was cut short has put records back, and left the batch to be redriven. */
function isLaneOf(shard: string, cut: BatchCut): boolean {
  return cut.lane === shard || (isRedriven(cut) && cut.lane.endsWith(`-${shard}`))
}
