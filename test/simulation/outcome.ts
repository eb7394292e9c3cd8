import type { Definition } from '../../lib/core/index.ts'
import type { MemoryWorld, storesOn } from '../support/world.ts'
import type { SentRecord } from './producer.ts'

/** All that there is to see at one moment of a schedule. */
export interface Outcome {
  readonly world: MemoryWorld
  readonly stores: ReturnType<typeof storesOn>
  readonly sent: readonly SentRecord[]
  readonly zone: string
  readonly nowMs: number
  readonly graceMs: number
  readonly definition: Definition
  readonly hadGivenUp: boolean
  /** Objects that were put by whoever had no right to any more. */
  readonly strays: ReadonlySet<string>
  readonly hadNarrowDefinition: boolean
}
