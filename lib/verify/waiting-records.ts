import type { DecodedEvent, Definition } from '../core/index.ts'
import { compareSequenceNumbers } from '../core/sequence-number.ts'
import { type BatchCut, redrivenLane } from '../records/history.ts'
import { rowIdsOf } from './row-id.ts'

/** Where a record came from. */
export interface RecordPlace {
  readonly shard: string
  readonly sequenceNumber: string
}

/** Events that wait to be redriven, and may stand in history before they are. */
export class WaitingRecords {
  readonly #definition: Definition
  readonly #places = new Map<string, RecordPlace[]>()

  constructor(definition: Definition) {
    this.#definition = definition
  }

  get isEmpty(): boolean {
    return this.#places.size === 0
  }

  add(place: RecordPlace, event: DecodedEvent): void {
    const identity = this.#identityOf(event)
    const places = this.#places.get(identity)
    if (places === undefined) this.#places.set(identity, [place])
    else places.push(place)
  }

  /** Whether an event of history is one of these, by its id, its rows and the cut that it is in. */
  holds(cut: BatchCut, event: DecodedEvent): boolean {
    const places = this.#places.get(this.#identityOf(event))
    return places?.some((place) => covers(cut, place)) ?? false
  }

  #identityOf(event: DecodedEvent): string {
    return JSON.stringify([event.id, ...rowIdsOf(this.#definition, event)])
  }
}

function covers(cut: BatchCut, { shard, sequenceNumber }: RecordPlace): boolean {
  const one = { firstSequenceNumber: sequenceNumber, lastSequenceNumber: sequenceNumber }
  return overlap(cut, { lane: shard, ...one })
}

/**
 * Whether a cut of history may hold records that wait, of a shard's cut. A redrive that was cut short
 * has put records back, and left them where they waited.
 */
export function overlap(cut: BatchCut, waiting: BatchCut): boolean {
  return (
    (cut.lane === waiting.lane || cut.lane === redrivenLane(waiting.lane)) &&
    compareSequenceNumbers(cut.firstSequenceNumber, waiting.lastSequenceNumber) <= 0 &&
    compareSequenceNumbers(waiting.firstSequenceNumber, cut.lastSequenceNumber) <= 0
  )
}
