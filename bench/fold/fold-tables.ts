import Table from 'cli-table3'
import { megabytesCell, ratioCell, secondsCell, thousandsCell } from '../figure-cells.ts'
import { type Spread, spreadCells, spreadOf } from '../spread.ts'
import type { ContenderRuns, MeasuredCase } from './measure-case.ts'
import { publishedOn, publishedSeconds } from './published-rates.ts'

const style = { head: [], border: [] }

const secondsOf = ({ costs }: ContenderRuns) => costs.map(({ seconds }) => seconds)

/** How many times as fast as the other one was, run by run. */
function timesAsFast(one: ContenderRuns, other: ContenderRuns): Spread {
  const others = secondsOf(other)
  return spreadOf(secondsOf(one).map((seconds, run) => (others[run] as number) / seconds))
}

export function measuredTable(events: number, measured: readonly MeasuredCase[]): string {
  const head = ['case', 'rows', 'by', 's min', 'median', 'max', 'K events/s']
  const table = new Table({ head: [...head, '× DuckDB min', 'median', 'max', 'MB'], style })
  for (const { of, rows, all } of measured) {
    const duckDb = all.find(({ contender }) => contender.isDuckDb)
    for (const one of all) {
      const seconds = spreadOf(secondsOf(one))
      const peaks = one.costs.flatMap(({ peakBytes }) => peakBytes ?? [])
      table.push([
        ...[of.name, rows, one.contender.name],
        ...spreadCells(seconds, secondsCell),
        thousandsCell(events / seconds.median),
        ...(duckDb ? spreadCells(timesAsFast(one, duckDb), ratioCell) : ['–', '–', '–']),
        megabytesCell(peaks.length === 0 ? undefined : Math.max(...peaks)),
      ])
    }
  }
  return table.toString()
}

/** Twofold beside rates that were measured once, carried over by how fast DuckDB was then and now. */
export function publishedTable(events: number, measured: readonly MeasuredCase[]): string {
  const rate = `K events/s by ${publishedOn}`
  const head = ['case', 'beside', rate, 'twofold × min', 'median', 'max']
  const table = new Table({ head, style })
  for (const { of, all } of measured) {
    const published = publishedSeconds[of.name]
    const duckDb = all.find(({ contender }) => contender.isDuckDb)
    const twofold = all.find(({ contender }) => contender.name === 'twofold')
    if (published === undefined || duckDb === undefined || twofold === undefined) continue
    const { least, median, most } = timesAsFast(twofold, duckDb)
    for (const { name, seconds } of published.others) {
      const asDuckDb = published.duckDb / seconds
      const ratios = [least, median, most].map((ratio) => ratioCell(ratio / asDuckDb))
      const duckDbRate = events / spreadOf(secondsOf(duckDb)).median
      table.push([of.name, name, thousandsCell(duckDbRate * asDuckDb), ...ratios])
    }
  }
  return table.toString()
}
