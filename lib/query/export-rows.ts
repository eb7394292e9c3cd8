import { type Grain, presentState, type State, type Window } from '../core/index.ts'
import { noRowsOf } from './bad-query.ts'
import { completenessOf } from './read-key.ts'
import type { Reader, TimeRange } from './reader.ts'
import { type ResultRow, resultRow } from './result-row.ts'

/**
 * Every key's rows of a grain that touch the range, in the order of the table, which is none. Memory
 * does not grow with them. Throws BadQuery.
 */
export async function* exportRows(
  reader: Reader,
  grain: Grain,
  range: TimeRange | undefined,
): AsyncGenerator<ResultRow> {
  const { aggregation } = reader
  const completeness = await completenessOf(reader)
  for await (const [window, key, state] of scan(reader, grain)) {
    const inRange =
      range === undefined || (window.fromMs < range.toMs && range.fromMs < window.toMs)
    if (inRange)
      yield resultRow(
        aggregation,
        window,
        key,
        presentState(aggregation, state),
        completeness.status(window),
      )
  }
}

/** The same rows by period and key, all of which are held at once. */
export async function exportSortedRows(
  reader: Reader,
  grain: Grain,
  range: TimeRange | undefined,
): Promise<ResultRow[]> {
  const all: { sortKey: string; row: ResultRow }[] = []
  for await (const row of exportRows(reader, grain, range)) {
    const key = row.key.map(({ value }) => value ?? '').join('\u0000')
    all.push({ sortKey: `${row.period}\u0000${key}`, row })
  }
  all.sort((a, b) => (a.sortKey < b.sortKey ? -1 : 1))
  return all.map(({ row }) => row)
}

async function* scan(reader: Reader, grain: Grain): AsyncGenerator<[Window, string, State]> {
  const { aggregation, calendar, minutes, rollups } = reader
  if (grain === 'hour') throw noRowsOf(grain)
  if (grain === 'minute') {
    for await (const { key, minuteMs, state } of minutes.scan(aggregation)) {
      yield [calendar.windowAt('minute', minuteMs), key, state]
    }
    return
  }
  for await (const { key, period, fromMs, toMs, state } of rollups.scan(aggregation, grain)) {
    yield [{ grain, name: period, fromMs, toMs }, key, state]
  }
}
