/** Time by what it went into. What is done twice at once counts once. */
export class Stopwatch {
  readonly #underWay = new Map<string, number>()
  readonly #startedAt = new Map<string, number>()
  readonly #ms = new Map<string, number>()

  async during<Result>(name: string, work: () => Result | Promise<Result>): Promise<Result> {
    const before = this.#underWay.get(name) ?? 0
    this.#underWay.set(name, before + 1)
    if (before === 0) this.#startedAt.set(name, performance.now())
    try {
      return await work()
    } finally {
      const left = (this.#underWay.get(name) ?? 1) - 1
      this.#underWay.set(name, left)
      if (left === 0) this.#add(name, performance.now() - (this.#startedAt.get(name) ?? 0))
    }
  }

  #add(name: string, ms: number): void {
    this.#ms.set(name, this.msOf(name) + ms)
  }

  msOf(name: string): number {
    return this.#ms.get(name) ?? 0
  }
}
