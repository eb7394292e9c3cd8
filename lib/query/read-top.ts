import { type CalendarGrain, compareLeaders } from '../core/index.ts'
import { maxLeaders } from '../rows/rollup-rows.ts'
import { BadQuery } from './bad-query.ts'
import { completenessOf } from './read-key.ts'
import type { Reader } from './reader.ts'
import { type ResultRow, resultRow } from './result-row.ts'

/** The leaders of one period, by the aggregation's `rankBy`, the first first. Throws BadQuery. */
export async function readTop(
  reader: Reader,
  grain: CalendarGrain,
  period: string,
  count: number,
): Promise<ResultRow[]> {
  const { aggregation, calendar, rollups } = reader
  if (aggregation.rankBy === undefined) {
    throw new BadQuery(
      { code: 'no-leaders', aggregation: aggregation.name },
      `${aggregation.name} has no rankBy, so no leaders`,
    )
  }
  if (count > maxLeaders) {
    throw new BadQuery(
      { code: 'too-many-leaders', max: maxLeaders },
      `leaderboards hold the first ${maxLeaders} only`,
    )
  }
  const window = calendar.windowNamed(grain, period)
  if (window === undefined) {
    const example = examples[grain]
    throw new BadQuery(
      { code: 'not-a-period', asked: period, timeZone: calendar.timeZone },
      `"${period}" is no ${grain} in ${calendar.timeZone}; write ${example}`,
    )
  }
  // Read before the rows: what is final by then, the rows that are read after it show.
  const status = (await completenessOf(reader)).status(window)
  const ranges = await rollups.readLeaders(aggregation, window)
  return ranges
    .flat()
    .sort(compareLeaders)
    .slice(0, count)
    .map(({ key, cells }) => resultRow(aggregation, window, key, cells, status))
}

const examples: Record<CalendarGrain, string> = {
  day: '2010-12-01',
  week: '2010-W48',
  month: '2010-12',
}
