/** Something that happens at an instant of simulated time. */
interface Happening {
  readonly atMs: number
  /** What was planned first happens first among those of one instant. */
  readonly order: number
  readonly act: () => void
}

/** Nothing is left that could happen, and yet what is waited for has not come. */
class Stuck extends Error {
  override readonly name = 'Stuck'
}

/**
 * Simulated time. Whatever waits, waits here, so a seed decides all of the order: one thing happens,
 * everything that follows from it at once is let come to rest, and only then happens the next.
 */
export class Scheduler {
  #nowMs: number
  #planned = 0
  readonly #heap: Happening[] = []

  constructor(startMs: number) {
    this.#nowMs = startMs
  }

  get nowMs(): number {
    return this.#nowMs
  }

  /** Plans something that happens after so long. */
  after(ms: number, act: () => void): void {
    this.#push({ atMs: this.#nowMs + Math.max(0, Math.round(ms)), order: this.#planned++, act })
  }

  sleep(ms: number): Promise<void> {
    return new Promise((wake) => this.after(ms, wake))
  }

  /** Lets time go on until the work is done. Rejects with what it rejects with, or Stuck. */
  async runUntil<Result>(work: Promise<Result>): Promise<Result> {
    let over = false
    const done = work.finally(() => {
      over = true
    })
    done.catch(() => undefined)
    for (await atRest(); !over; await atRest()) {
      const next = this.#pop()
      if (next === undefined) throw new Stuck('Nothing is left that could happen')
      this.#nowMs = next.atMs
      next.act()
    }
    return done
  }

  #push(happening: Happening): void {
    const heap = this.#heap
    let at = heap.length
    heap.push(happening)
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = heap[parent] as Happening
      if (!isBefore(happening, above)) break
      heap[at] = above
      at = parent
    }
    heap[at] = happening
  }

  #pop(): Happening | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined || heap.length === 0) return first
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      const right = heap[child + 1]
      if (right !== undefined && isBefore(right, heap[child] as Happening)) child++
      if (!isBefore(heap[child] as Happening, last)) break
      heap[at] = heap[child] as Happening
      at = child
    }
    heap[at] = last
    return first
  }
}

function isBefore(a: Happening, b: Happening): boolean {
  return a.atMs !== b.atMs ? a.atMs < b.atMs : a.order < b.order
}

/** Resolves once no promise can go on by itself: nothing simulated uses threads or the network. */
function atRest(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
