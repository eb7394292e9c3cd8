import { redriveFailedBatches } from '../../lib/redrive/redrive-failed-batches.ts'
import { redriveRejects } from '../../lib/redrive/redrive-rejects.ts'
import type { RedriveFigures } from '../../lib/redrive/redrive-tally.ts'
import type { SeededRandom } from '../data/seeded-random.ts'
import type { MemoryWorld } from '../support/world.ts'
import type { DeployedDefinitions } from './deployed-definitions.ts'
import type { FaultSource } from './faults.ts'
import { graceMs, type SimulatedFunctions } from './simulated-functions.ts'
import type { Story } from './story.ts'

export interface OperatorOptions {
  readonly world: MemoryWorld
  readonly random: SeededRandom
  readonly faults: FaultSource
  readonly story: Story
  readonly functions: SimulatedFunctions
  /** Redrives go by the corrected one, whether it is deployed or not. */
  readonly definitions: DeployedDefinitions
  /** Looked at before records are put back, when what must hold must hold without that. */
  readonly beforeRedrive: () => Promise<void>
}

const unitsOfABackfill = 6
const takeOverShare = 0.3

/** A person who backfills, redrives and takes over, at any time and more than once. */
export class Operator {
  readonly #options: OperatorOptions

  constructor(options: OperatorOptions) {
    this.#options = options
  }

  /**
   * Workers for some units that the ledger knows parts of, or that are marked as changed, so that a
   * run is at them too; some of them side by side.
   */
  async backfillSome(): Promise<void> {
    const { random, functions, faults, definitions } = this.#options
    const known = await this.#unitsIn(random.pick(['part', 'changed']))
    const units = random.shuffled(known).slice(0, unitsOfABackfill)
    for (const unit of units) {
      if (functions.running.size > 0) faults.happens('two runs at once', 1)
      const work = functions.answerRequest({ unit }, definitions.rollup).catch(() => undefined)
      if (random.next() < 0.5) await work
    }
  }

  /** Takes over, whether there is a run that is alive or not. */
  maybeTakeOver(): void {
    const { functions, faults, definitions } = this.#options
    if (!faults.happens('run taken over', takeOverShare)) return
    const isAlive = [...functions.running].some(({ role }) => role === 'rollup')
    if (isAlive) faults.count('living run taken over')
    functions.answerRequest({ takeOver: true }, definitions.rollup).catch(() => undefined)
  }

  /** Puts back what can be, now and then twice, side by side. What fails is left for the next time. */
  async redrive(): Promise<void> {
    const { random, faults, beforeRedrive } = this.#options
    await beforeRedrive()
    const one = () => this.#redriveAs('redrive').catch(() => undefined)
    const again = faults.happens('redrive repeated', 0.3)
    if (!again) await one()
    else if (random.next() < 0.5) await Promise.all([one(), one()])
    else {
      await one()
      await one()
    }
  }

  /** Puts back all that is left. Throws where anything hinders it. */
  async redriveAll(): Promise<void> {
    await this.#options.beforeRedrive()
    const figures = await this.#redriveAs('last redrive')
    const [problem] = figures.flatMap(({ problems }) => problems)
    if (problem !== undefined) throw new Error(`${problem.objectKey}: ${problem.message}`)
  }

  async #redriveAs(name: string): Promise<RedriveFigures[]> {
    const { functions, definitions, random, story, faults } = this.#options
    const { corrected } = definitions
    const { process, stores, nowMs } = functions.start(name, 'operator')
    const options = { nowMs, graceMs, dryRun: random.next() < 0.1 && name === 'redrive' }
    const both = async () => [
      await redriveRejects(corrected, stores, options),
      await redriveFailedBatches(corrected, stores, options),
    ]
    const figures = await Promise.race([functions.track(process, both()), process.died])
    const taken = figures.reduce((total, one) => total + one.taken, 0)
    if (taken > 0 && !options.dryRun && definitions.rollup !== corrected) {
      faults.count('redriven before the rollup is corrected')
    }
    story.tell(
      () => `${process.name} is done: ${taken} records${options.dryRun ? ' would be' : ''}`,
    )
    return figures
  }

  async #unitsIn(list: 'part' | 'changed'): Promise<object[]> {
    const units: object[] = []
    for await (const { pk, sk } of this.#options.world.ledger.scan()) {
      const [table, kind] = (pk?.S ?? '').split('#')
      if (table !== list || kind === undefined) continue
      const [aggregation = '', period, range] = (sk?.S ?? '').split('#')
      units.push(
        kind === 'hour'
          ? // The part of an hour is of one aggregation, its mark of all.
            { kind, hour: period ?? aggregation }
          : { kind, aggregation, period, range: Number(range) },
      )
    }
    return units
  }
}
