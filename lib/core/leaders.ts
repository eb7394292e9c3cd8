import { type Aggregation, decodeState, rankOf } from './aggregation.ts'
import type { Units } from './decimal.ts'
import type { PartRow } from './sorted-run.ts'

interface Ranked {
  readonly row: PartRow
  readonly rank: Units | null
}

/** Greatest rank first, rows without one last, and the lesser key first among equals. */
function compareRanked(a: Ranked, b: Ranked): number {
  if (a.rank !== b.rank) {
    if (a.rank === null) return 1
    if (b.rank === null) return -1
    return a.rank > b.rank ? -1 : 1
  }
  return a.row.key < b.row.key ? -1 : a.row.key > b.row.key ? 1 : 0
}

/** Keeps the first `size` of all the rows that it is shown, by the aggregation's `rankBy`. */
export class Leaders {
  readonly #aggregation: Aggregation
  readonly #size: number
  readonly #ranked: Ranked[] = []

  constructor(aggregation: Aggregation, size: number) {
    this.#aggregation = aggregation
    this.#size = size
  }

  show(row: PartRow): void {
    const state = decodeState(this.#aggregation, row.state)
    const ranked: Ranked = { row, rank: rankOf(this.#aggregation, state) }
    let low = 0
    let high = this.#ranked.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const other = this.#ranked[middle] as Ranked
      if (compareRanked(other, ranked) <= 0) low = middle + 1
      else high = middle
    }
    if (low >= this.#size) return
    this.#ranked.splice(low, 0, ranked)
    if (this.#ranked.length > this.#size) this.#ranked.pop()
  }

  rows(): PartRow[] {
    return this.#ranked.map(({ row }) => row)
  }
}
