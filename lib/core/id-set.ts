/** A `Set` throws RangeError beyond 2 ** 24, and its table doubles each time that it is full. */
const maxIdsPerSet = 2 ** 23

/** A set of texts that has no bound but memory: some 80 bytes for each of 36 characters. */
export class IdSet {
  readonly #maxPerSet: number
  readonly #full: Set<string>[] = []
  #last = new Set<string>()

  constructor(maxPerSet = maxIdsPerSet) {
    this.#maxPerSet = maxPerSet
  }

  has(id: string): boolean {
    if (this.#last.has(id)) return true
    for (const ids of this.#full) if (ids.has(id)) return true
    return false
  }

  /** Adds an id that is not there yet. */
  add(id: string): void {
    if (this.#last.size >= this.#maxPerSet) {
      this.#full.push(this.#last)
      this.#last = new Set()
    }
    this.#last.add(id)
  }
}
