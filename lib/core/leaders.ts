import {
  type Aggregation,
  decodeState,
  type PresentedState,
  presentState,
  rankingMeasure,
  type State,
} from './aggregation.ts'
import type { Units } from './decimal.ts'
import { knownState, type PartRow } from './sorted-run.ts'

/** A row as leaderboards keep it: what it is ordered by, and what readers see of it. */
export interface Leader {
  readonly key: string
  /** In units of the measure that the aggregation ranks by; null comes last. */
  readonly rank: Units | null
  readonly cells: PresentedState
}

/** Without a `rankBy`, none has a rank. */
export function leaderOf(aggregation: Aggregation, key: string, state: State): Leader {
  const { rankBy } = aggregation
  const ranking = rankingMeasure(aggregation)
  return {
    key,
    rank: ranking?.presentation.rank(state[rankBy as number]) ?? null,
    cells: presentState(aggregation, state),
  }
}

type Ranked = Pick<Leader, 'key' | 'rank'>

/** Greatest rank first, rows without one last, and the lesser key first among equals. */
export function compareLeaders(a: Ranked, b: Ranked): number {
  if (a.rank !== b.rank) {
    if (a.rank === null) return 1
    if (b.rank === null) return -1
    return a.rank > b.rank ? -1 : 1
  }
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0
}

/** Keeps the first `size` of all the rows that it is shown, by the aggregation's `rankBy`. */
export class Leaders {
  readonly #aggregation: Aggregation
  readonly #size: number
  readonly #rankOf: (row: PartRow) => Units | null
  readonly #ranked: (Ranked & { readonly row: PartRow })[] = []

  constructor(aggregation: Aggregation, size: number) {
    this.#aggregation = aggregation
    this.#size = size
    this.#rankOf = rankReader(aggregation)
  }

  show(row: PartRow): void {
    const ranked = { key: row.key, rank: this.#rankOf(row), row }
    let low = 0
    let high = this.#ranked.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const other = this.#ranked[middle] as Ranked
      if (compareLeaders(other, ranked) <= 0) low = middle + 1
      else high = middle
    }
    if (low >= this.#size) return
    this.#ranked.splice(low, 0, ranked)
    if (this.#ranked.length > this.#size) this.#ranked.pop()
  }

  /** What is shown of them is made only now, when most rows are known not to be among them. */
  leaders(): Leader[] {
    return this.#ranked.map(({ key, row }) => {
      return leaderOf(this.#aggregation, key, decodeState(this.#aggregation, knownState(row)))
    })
  }
}

/** Reads no more of a state than the rank needs. Without a `rankBy`, rows have none. */
function rankReader(aggregation: Aggregation): (row: PartRow) => Units | null {
  const ranking = rankingMeasure(aggregation)
  if (ranking === undefined) return () => null
  const { codec, presentation } = ranking
  const from = aggregation.measures.slice(0, aggregation.rankBy).reduce((at, { measure }) => {
    return at + measure.codec.parts.length
  }, 0)
  const to = from + codec.parts.length
  return (row) => presentation.rank(codec.decode(knownState(row).slice(from, to)))
}
