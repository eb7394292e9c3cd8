import {
  type Aggregation,
  formatUnits,
  type Leader,
  leaderOf,
  parseDecimal,
  rankingMeasure,
  type Units,
} from '../core/index.ts'
import { decimalAttribute, type Item, readDecimal, readText } from '../store/table.ts'
import { readState } from './stored-state.ts'

/** One place of a leaderboard: `key`, `rank` where it has one, and a text for each cell with one. */
export function leaderAttribute(
  aggregation: Aggregation,
  { key, rank, cells }: Leader,
): Item[string] {
  const shown = cells.flatMap(([name, text]) => (text === null ? [] : [[name, { S: text }]]))
  const scale = rankScale(aggregation)
  return {
    M: {
      key: { S: key },
      ...(rank === null ? {} : { rank: decimalAttribute(formatUnits(rank, scale)) }),
      cells: { M: Object.fromEntries(shown) },
    },
  }
}

/** Versions before kept whole states. Throws where the item is neither. */
export function readLeader(aggregation: Aggregation, item: Item): Leader {
  const key = readText(item, 'key')
  if (item.cells === undefined) {
    return leaderOf(aggregation, key, readState(aggregation, item.state?.M ?? {}))
  }
  const texts = item.cells.M ?? {}
  const cells = aggregation.measures.map(({ name }) => [name, texts[name]?.S ?? null] as const)
  return { key, rank: readRank(aggregation, item), cells }
}

function readRank(aggregation: Aggregation, item: Item): Units | null {
  const text = readDecimal(item, 'rank')
  if (text === undefined) return null
  const scale = rankScale(aggregation)
  const units = parseDecimal(text, scale)
  if (typeof units === 'string') throw new Error(`A rank is no decimal of scale ${scale}: ${text}`)
  return units
}

const rankScale = (aggregation: Aggregation) => rankingMeasure(aggregation)?.presentation.scale ?? 0
