import { type Pipeline, string } from '../../lib/core/index.ts'
import definition from '../../pipeline.config.ts'
import type { SeededRandom } from '../data/seeded-random.ts'
import type { FaultSource } from './faults.ts'
import { isOfLaterCurrency } from './made-events.ts'
import type { Scheduler } from './scheduler.ts'
import type { Story } from './story.ts'

/** Refuses what `definition` takes: its one difference is a limit, so rows of both mix. */
const firstDefinition: Pipeline = {
  ...definition,
  event: { ...definition.event, currency: string({ maxBytes: 3, pattern: /^(EUR|GBP)$/ }) },
}

export interface DeployedDefinitionsOptions {
  readonly scheduler: Scheduler
  readonly random: SeededRandom
  readonly faults: FaultSource
  readonly story: Story
  /** Whether the first definition refuses what a later one takes. */
  readonly correctsDefinition: boolean
  /** Called when the stream function is replaced. */
  readonly onStreamReplaced: () => void
}

const maxGapMs = 40 * 60_000

/** What each function reads events by, from moment to moment. */
export class DeployedDefinitions {
  readonly corrected: Pipeline = definition
  readonly #options: DeployedDefinitionsOptions
  #stream: Pipeline
  #rollup: Pipeline

  constructor(options: DeployedDefinitionsOptions) {
    this.#options = options
    this.#stream = options.correctsDefinition ? firstDefinition : definition
    this.#rollup = this.#stream
  }

  get stream(): Pipeline {
    return this.#stream
  }

  get rollup(): Pipeline {
    return this.#rollup
  }

  /** Whether the stream function refuses a line only for as long as it is not corrected. */
  refusesForNow(line: Buffer): boolean {
    return this.#stream !== definition && isOfLaterCurrency(line)
  }

  /**
   * In any order, and with any time between: what one of them takes already, the other may refuse
   * still, and so may invocations that are under way.
   */
  async correct(): Promise<void> {
    const { random, scheduler } = this.#options
    const [first, second] = random.shuffled([
      () => this.#correctStream(),
      () => this.#correctRollup(),
    ])
    const gapMs = random.pick([0, random.below(maxGapMs)])
    first?.()
    if (gapMs > 0) await scheduler.sleep(gapMs)
    second?.()
  }

  #correctStream(): void {
    const { faults, story, onStreamReplaced } = this.#options
    if (this.#stream === definition) return
    story.tell(() => '-- the corrected definition is deployed to the stream function')
    if (this.#rollup !== definition) faults.count('corrected in the stream first')
    this.#stream = definition
    onStreamReplaced()
  }

  #correctRollup(): void {
    if (this.#rollup === definition) return
    this.#options.story.tell(() => '-- the corrected definition is deployed to the rollup')
    this.#rollup = definition
  }
}
