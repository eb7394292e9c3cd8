import type { DeployedDefinitions } from './deployed-definitions.ts'
import type { FaultSource } from './faults.ts'
import type { Operator } from './operator.ts'
import type { Scheduler } from './scheduler.ts'
import type { SimulatedFunctions } from './simulated-functions.ts'

export interface ScheduledRunsOptions {
  readonly scheduler: Scheduler
  readonly faults: FaultSource
  readonly functions: SimulatedFunctions
  readonly definitions: DeployedDefinitions
  readonly operator: Operator
  readonly rollupEveryMs: number
}

/** The schedule of the rollup, which now and then starts two runs at once. */
export class ScheduledRuns {
  readonly #options: ScheduledRunsOptions
  #isOver = false

  constructor(options: ScheduledRunsOptions) {
    this.#options = options
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** No more runs are started by the schedule. */
  end(): void {
    this.#isOver = true
  }

  async begin(): Promise<void> {
    const { scheduler, faults, operator, rollupEveryMs } = this.#options
    while (!this.#isOver) {
      await scheduler.sleep(rollupEveryMs)
      if (this.#isOver) return
      operator.maybeTakeOver()
      this.start()
      if (faults.happens('two runs at once', 0.1)) this.start()
    }
  }

  start(): void {
    this.rollUp().catch(() => undefined)
  }

  rollUp(): Promise<unknown> {
    const { functions, definitions } = this.#options
    return functions.answerRequest({}, definitions.rollup)
  }
}
