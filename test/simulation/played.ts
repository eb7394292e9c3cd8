import type { Failure } from './failure.ts'
import type { FaultCounts } from './faults.ts'
import type { Story } from './story.ts'

/** How a schedule ended. */
export interface Played {
  readonly counts: FaultCounts
  readonly events: number
  /** Simulated time that it took. */
  readonly simulatedMs: number
  readonly failure: Failure | undefined
  readonly story: Story
}
