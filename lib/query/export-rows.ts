import { type Grain, presentState, type State, type Window } from '../core/index.ts'
import { completenessOf } from './read-key.ts'
import { BadQuery, type Reader, type TimeRange } from './reader.ts'
import { type ResultRow, resultRow } from './result-row.ts'

/** Every key's rows of a grain that touch the range, in the order of the table, which is none. */
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

async function* scan(reader: Reader, grain: Grain): AsyncGenerator<[Window, string, State]> {
  const { aggregation, calendar, minutes, rollups } = reader
  if (grain === 'hour') throw new BadQuery('rows are kept by minute, day, week and month, not hour')
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
