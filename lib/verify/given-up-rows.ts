import type { FailedBatch, FailedBatches } from '../aws/failed-batches.ts'
import { type BatchCut, redrivenLane } from '../aws/history.ts'
import type { KinesisBatch } from '../aws/kinesis-batch.ts'
import { compareSequenceNumbers } from '../aws/sequence-number.ts'
import { UnexpectedContent } from '../aws/unexpected-content.ts'
import { type DecodedEvent, decodeEvent, hourStart, type Pipeline, Reject } from '../core/index.ts'
import { rowIdsOf } from './row-id.ts'

export interface RowsInHour {
  readonly ids: ReadonlySet<string>
  /** Objects that can't be read as a batch: somebody else put them there, or Lambda had no payload. */
  readonly notBatches: readonly UnexpectedContent[]
}

/** Finds the rows that events of given-up batches would count in. */
export class GivenUpRows {
  readonly #pipeline: Pipeline
  readonly #batches: FailedBatches
  /** The hours that an object has events of, so that it is read again for these alone. */
  readonly #hoursOf = new Map<string, ReadonlySet<number>>()
  /** They are the same for every hour. */
  readonly #notBatches = new Map<string, UnexpectedContent>()

  constructor(pipeline: Pipeline, batches: FailedBatches) {
    this.#pipeline = pipeline
    this.#batches = batches
  }

  /**
   * The ids of an hour's rows. `cuts` are what history of the hour holds: where a batch overlaps none
   * of these, it was given up before it came there, and nothing differs for it.
   */
  async inHour(hourMs: number, cuts: readonly BatchCut[]): Promise<RowsInHour> {
    const ids = new Set<string>()
    const notBatches: UnexpectedContent[] = []
    for await (const objectKey of this.#batches.list()) {
      if (this.#hoursOf.get(objectKey)?.has(hourMs) === false) continue
      const failed = await this.#read(objectKey)
      if (failed === undefined) continue
      if (failed instanceof UnexpectedContent) {
        notBatches.push(failed)
        continue
      }
      const { batch } = failed
      const events = this.#eventsOf(batch)
      this.#hoursOf.set(objectKey, new Set(events.map(({ timeMs }) => hourStart(timeMs))))
      if (!cuts.some((cut) => overlap(cut, batch))) continue
      for (const event of events) {
        if (hourStart(event.timeMs) !== hourMs) continue
        for (const id of rowIdsOf(this.#pipeline, event)) ids.add(id)
      }
    }
    return { ids, notBatches }
  }

  /** One object that is no batch must not keep all the others from being looked at. */
  async #read(objectKey: string): Promise<FailedBatch | UnexpectedContent | undefined> {
    const known = this.#notBatches.get(objectKey)
    if (known !== undefined) return known
    try {
      return await this.#batches.read(objectKey)
    } catch (error) {
      if (!(error instanceof UnexpectedContent)) throw error
      this.#notBatches.set(objectKey, error)
      return error
    }
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
  return cut.lane === shard || cut.lane === redrivenLane(shard)
}
