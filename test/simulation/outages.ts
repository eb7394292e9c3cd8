import type { FaultSource } from './faults.ts'
import type { Role } from './process.ts'
import type { Scheduler } from './scheduler.ts'
import type { Story } from './story.ts'

/** What there is to know of a request. */
interface Asked {
  readonly store: string
  readonly kind: 'read' | 'write'
  readonly doing: string
}

/** Which stores are out of order, and for whom. */
export class Outages {
  readonly #scheduler: Scheduler
  readonly #faults: FaultSource
  readonly #story: Story
  readonly #untilMs = new Map<string, number>()
  #historyBackMs = 0

  constructor(scheduler: Scheduler, faults: FaultSource, story: Story) {
    this.#scheduler = scheduler
    this.#faults = faults
    this.#story = story
  }

  /** From now on and for so long a store refuses every request of the stream function. */
  start(store: string, ms: number): void {
    this.#faults.count('outage')
    this.#story.tell(() => `-- outage of ${store} for ${Math.round(ms / 1000)} s`)
    this.#untilMs.set(store, this.#scheduler.nowMs + ms)
  }

  /** From now on and for so long the rollup can read nothing of history. */
  startOfHistory(ms: number): void {
    this.#faults.count('history out of reach')
    this.#story.tell(() => `-- the rollup can't read history for ${Math.round(ms / 1000)} s`)
    this.#historyBackMs = this.#scheduler.nowMs + ms
  }

  end(): void {
    this.#untilMs.clear()
    this.#historyBackMs = 0
  }

  isOut(role: Role, { store, kind, doing }: Asked): boolean {
    const { nowMs } = this.#scheduler
    if (role === 'stream') return nowMs < (this.#untilMs.get(store) ?? 0)
    const ofHistory = role === 'rollup' && kind === 'read' && doing.includes(' history/')
    return ofHistory && nowMs < this.#historyBackMs
  }
}
