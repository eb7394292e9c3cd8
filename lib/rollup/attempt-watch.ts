import type { SendingWatch } from '../store/table.ts'
import { checkTime, type RollupContext } from './rollup-context.ts'

/** Watches all that one attempt sends: that there is time, and whether anything of it may come late. */
export class AttemptWatch implements SendingWatch {
  readonly #context: RollupContext
  #mayComeLate = false

  constructor(context: RollupContext) {
    this.#context = context
  }

  /** Throws OutOfTime. */
  before(): void {
    checkTime(this.#context)
  }

  inDoubt(): void {
    this.#mayComeLate = true
  }

  /** Whether a sending may be applied after one that repeated it, and after others' writes too. */
  get mayComeLate(): boolean {
    return this.#mayComeLate
  }
}
