import {
  type Aggregation,
  formatUnits,
  type Leader,
  leaderOf,
  parseDecimal,
  rankingMeasure,
  type Units,
} from '../core/index.ts'
import {
  attributes,
  decimal,
  list,
  map,
  mapOf,
  orNull,
  recordOf,
  text,
  type ValueIn,
} from '../store/record.ts'
import type { Item, ItemKey } from '../store/table.ts'
import { readState } from './stored-state.ts'

const leaderboards = recordOf({
  leaders: list(
    map({
      key: text(),
      rank: orNull(decimal()),
      /** The texts that readers see, of those measures that have one. */
      cells: orNull(mapOf(text())),
      /** Versions before kept whole states, and no cells. */
      state: orNull(attributes()),
    }),
  ),
})

type StoredLeader = ValueIn<typeof leaderboards>['leaders'][number]

/** The leaders of a period and key range, the first first. */
export function leaderboardItem(
  aggregation: Aggregation,
  itemKey: ItemKey,
  leaders: readonly Leader[],
): Item {
  const scale = rankScale(aggregation)
  const stored = leaders.map(({ key, rank, cells }): StoredLeader => {
    const shown = cells.flatMap(([name, shownAs]) => (shownAs === null ? [] : [[name, shownAs]]))
    const rankText = rank === null ? null : formatUnits(rank, scale)
    return { key, rank: rankText, cells: Object.fromEntries(shown), state: null }
  })
  return leaderboards.item(itemKey, { leaders: stored })
}

/** Throws where the item is no leaderboard. */
export function readLeaderboard(aggregation: Aggregation, item: Item): Leader[] {
  return leaderboards.read(item).leaders.map((stored) => readLeader(aggregation, stored))
}

function readLeader(aggregation: Aggregation, { key, rank, cells, state }: StoredLeader): Leader {
  if (cells === null) return leaderOf(aggregation, key, readState(aggregation, state ?? {}))
  return {
    key,
    rank: readRank(aggregation, rank),
    cells: aggregation.measures.map(({ name }) => {
      // A measure may be named like what every object has.
      return [name, Object.hasOwn(cells, name) ? (cells[name] ?? null) : null] as const
    }),
  }
}

function readRank(aggregation: Aggregation, rank: string | null): Units | null {
  if (rank === null) return null
  const scale = rankScale(aggregation)
  const units = parseDecimal(rank, scale)
  if (typeof units === 'string') throw new Error(`A rank is no decimal of scale ${scale}: ${rank}`)
  return units
}

const rankScale = (aggregation: Aggregation) => rankingMeasure(aggregation)?.presentation.scale ?? 0
