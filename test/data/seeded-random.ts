/** A small repeatable source of chance (mulberry32): the same seed gives the same test input. */
export class SeededRandom {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** From 0 to below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number from 0 to below `bound`. */
  below(bound: number): number {
    return Math.floor(this.next() * bound)
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)]
    if (item === undefined) throw new RangeError('There is nothing to pick from')
    return item
  }

  /** A shuffled copy (Fisher and Yates). */
  shuffled<Item>(items: readonly Item[]): Item[] {
    const copy = [...items]
    for (let last = copy.length - 1; last > 0; last--) {
      const other = this.below(last + 1)
      const held = copy[last] as Item
      copy[last] = copy[other] as Item
      copy[other] = held
    }
    return copy
  }
}
