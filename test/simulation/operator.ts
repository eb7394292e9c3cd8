import type { Pipeline } from '../../lib/core/index.ts'
import type { SeededRandom } from '../data/seeded-random.ts'
import type { MemoryWorld } from '../functions/world.ts'
import type { FaultSource } from './faults.ts'
import type { Scheduler } from './scheduler.ts'
import type { SimulatedFunctions } from './simulated-functions.ts'
import type { Story } from './story.ts'
import type { Wire } from './wire.ts'

export interface OperatorOptions {
  readonly world: MemoryWorld
  readonly scheduler: Scheduler
  readonly random: SeededRandom
  readonly faults: FaultSource
  readonly wire: Wire
  readonly story: Story
  readonly functions: SimulatedFunctions
  readonly pipeline: () => Pipeline
}

const unitsOfABackfill = 6

/** A person who backfills and redrives, at any time and more than once. */
export class Operator {
  readonly #options: OperatorOptions

  constructor(options: OperatorOptions) {
    this.#options = options
  }

  /** Workers for some units that the ledger knows parts of, two at a time, as a backfill has it. */
  async backfillSome(): Promise<void> {
    const { random, functions, faults, pipeline } = this.#options
    const known = await this.#knownUnits()
    const units = random.shuffled(known).slice(0, unitsOfABackfill)
    for (const unit of units) {
      if (functions.running.size > 0) faults.happens('two runs at once', 1)
      const work = functions.answerRequest({ unit }, pipeline()).catch(() => undefined)
      if (random.next() < 0.5) await work
    }
  }

  async #knownUnits(): Promise<object[]> {
    const units: object[] = []
    for await (const { pk, sk } of this.#options.world.ledger.scan()) {
      const [table, kind] = (pk?.S ?? '').split('#')
      if (table !== 'part' || kind === undefined) continue
      const [aggregation, period, range] = (sk?.S ?? '').split('#')
      units.push(
        kind === 'hour'
          ? { kind, hour: period }
          : { kind, aggregation, period, range: Number(range) },
      )
    }
    return units
  }

  async redrive(): Promise<void> {}

  async redriveAll(): Promise<void> {}
}
