import { type Definition, integer } from '../../lib/core/index.ts'
import definition from '../../pipeline.config.ts'
import type { SeededRandom } from '../data/seeded-random.ts'
import type { FaultSource } from './faults.ts'
import { isOfLargeQuantity, narrowMaxQuantity } from './made-events.ts'
import type { Scheduler } from './scheduler.ts'
import type { Story } from './story.ts'

/** Refuses what `definition` takes, of the same keys and minutes: so rows hold events of both. */
const narrowDefinition: Definition = {
  ...definition,
  event: { ...definition.event, quantity: integer({ max: narrowMaxQuantity }) },
}

export interface DeployedDefinitionsOptions {
  readonly scheduler: Scheduler
  readonly random: SeededRandom
  readonly faults: FaultSource
  readonly story: Story
  /** Whether the definition is too narrow at first, or is made so by mistake, or neither. */
  readonly narrow: 'at first' | 'by mistake' | 'never'
  /** Called when the stream function is replaced. */
  readonly onStreamReplaced: () => void
}

const maxGapMs = 40 * 60_000

/** What each function reads events by, from moment to moment. */
export class DeployedDefinitions {
  readonly corrected: Definition = definition
  readonly #options: DeployedDefinitionsOptions
  #stream: Definition
  #rollup: Definition
  #isCorrecting = false

  constructor(options: DeployedDefinitionsOptions) {
    this.#options = options
    this.#stream = options.narrow === 'at first' ? narrowDefinition : definition
    this.#rollup = this.#stream
  }

  get stream(): Definition {
    return this.#stream
  }

  get rollup(): Definition {
    return this.#rollup
  }

  /** Whether the stream function refuses a line only for as long as it is not corrected. */
  refusesForNow(line: Buffer): boolean {
    return this.#stream !== definition && isOfLargeQuantity(line)
  }

  /** Deploys the narrow definition, unless it is being corrected already. */
  async makeNarrow(): Promise<void> {
    this.#options.faults.count('narrowed by mistake')
    await this.#deploy(() => (this.#isCorrecting ? definition : narrowDefinition))
  }

  /** Deploys the right definition, for good. */
  async correct(): Promise<void> {
    this.#isCorrecting = true
    await this.#deploy(() => definition)
  }

  /**
   * In any order, and with any time between: what one of the functions takes already, the other may
   * refuse still, and so may invocations that are under way.
   */
  async #deploy(chosen: () => Definition): Promise<void> {
    const { random, scheduler } = this.#options
    const [first, second] = random.shuffled([
      () => this.#deployToStream(chosen()),
      () => this.#deployToRollup(chosen()),
    ])
    const gapMs = random.pick([0, random.below(maxGapMs)])
    first?.()
    if (gapMs > 0) await scheduler.sleep(gapMs)
    second?.()
  }

  #deployToStream(next: Definition): void {
    const { faults, story, onStreamReplaced } = this.#options
    if (this.#stream === next) return
    story.tell(() => `-- the ${nameOf(next)} definition is deployed to the stream function`)
    if (next === definition && this.#rollup !== definition) {
      faults.count('corrected in the stream first')
    }
    this.#stream = next
    onStreamReplaced()
  }

  #deployToRollup(next: Definition): void {
    if (this.#rollup === next) return
    this.#options.story.tell(() => `-- the ${nameOf(next)} definition is deployed to the rollup`)
    this.#rollup = next
  }
}

const nameOf = (deployed: Definition) => (deployed === definition ? 'right' : 'narrow')
