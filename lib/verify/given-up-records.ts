import {
  type DecodedEvent,
  type Definition,
  decodeEvent,
  hourStart,
  Reject,
} from '../core/index.ts'
import type { FailedBatch, FailedBatches } from '../records/failed-batches.ts'
import { UnexpectedContent } from '../store/unexpected-content.ts'
import { type RecordPlace, WaitingRecords } from './waiting-records.ts'

export interface GivenUpInHour {
  readonly records: WaitingRecords
  /** Objects that can't be read as a batch: somebody else put them there, or Lambda had no payload. */
  readonly notBatches: readonly UnexpectedContent[]
}

/** Finds the events of batches that Lambda gave up on. */
export class GivenUpRecords {
  readonly #definition: Definition
  readonly #batches: FailedBatches
  /** The hours that an object has events of, so that it is read again for these alone. */
  readonly #hoursOf = new Map<string, ReadonlySet<number>>()
  /** They are the same for every hour. */
  readonly #notBatches = new Map<string, UnexpectedContent>()

  constructor(definition: Definition, batches: FailedBatches) {
    this.#definition = definition
    this.#batches = batches
  }

  async inHour(hourMs: number): Promise<GivenUpInHour> {
    const records = new WaitingRecords(this.#definition)
    const notBatches: UnexpectedContent[] = []
    for await (const objectKey of this.#batches.list()) {
      if (this.#hoursOf.get(objectKey)?.has(hourMs) === false) continue
      const failed = await this.#read(objectKey)
      if (failed === undefined) continue
      if (failed instanceof UnexpectedContent) {
        notBatches.push(failed)
        continue
      }
      const events = this.#eventsOf(failed)
      this.#hoursOf.set(objectKey, new Set(events.map(({ event }) => hourStart(event.timeMs))))
      for (const { place, event } of events) {
        if (hourStart(event.timeMs) === hourMs) records.add(place, event)
      }
    }
    return { records, notBatches }
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

  #eventsOf({ batch }: FailedBatch): { place: RecordPlace; event: DecodedEvent }[] {
    return [...batch.records].flatMap(({ sequenceNumber, data, arrivedMs }) => {
      const event = decodeEvent(this.#definition, data, arrivedMs)
      if (event instanceof Reject) return []
      return [{ place: { shard: batch.shard, sequenceNumber }, event }]
    })
  }
}
