import { calendarGrains, type Leader } from '../../lib/core/index.ts'
import { rowsOf } from '../oracle/oracle.ts'
import type { Purchase } from '../oracle/purchase.ts'
import type { Failure } from './failure.ts'
import type { Outcome } from './outcome.ts'
import { compare, textOfCells, textsOf } from './row-texts.ts'

/** A period's leaders are its rows, each with its key and measures, in the order of their revenue. */
export async function checkLeaders(
  outcome: Outcome,
  once: Purchase[],
): Promise<Failure | undefined> {
  const { definition, stores, zone } = outcome
  for (const grain of calendarGrains) {
    const byPeriod = Map.groupBy(rowsOf(once, grain, zone), ({ period }) => period)
    for (const [period, rows] of byPeriod) {
      const window = { grain, name: period, fromMs: 0, toMs: 0 }
      for (const aggregation of definition.aggregations) {
        const ranges = await stores.rollups.readLeaders(aggregation, window)
        if (!ranges.every(areInOrder)) {
          return { message: `The leaders of ${period} are in no order`, about: [period] }
        }
        const actual = ranges
          .flat()
          .map(({ key, cells }) => [period, textOfCells(period, key, cells)] as const)
        const failure = compare(`leaders of ${grain}s`, actual, textsOf(rows))
        if (failure !== undefined) return failure
      }
    }
  }
  return undefined
}

function areInOrder(leaders: readonly Leader[]): boolean {
  const ranked = leaders.map(({ key, cells }) => {
    const revenue = cells.find(([name]) => name === 'revenue')
    return { key, revenue: wholeUnits(revenue?.[1] ?? '') }
  })
  return ranked.slice(1).every(({ key, revenue }, at) => {
    const before = ranked[at] as (typeof ranked)[number]
    return revenue < before.revenue || (revenue === before.revenue && before.key < key)
  })
}

/** Decimals of up to this many places, in units of the last one: a float has fewer digits. */
const places = 20

function wholeUnits(decimal: string): bigint {
  const [whole, behind = ''] = decimal.split('.')
  return BigInt(`${whole}${behind.padEnd(places, '0')}`)
}
