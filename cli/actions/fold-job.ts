import {
  beginPieceFold,
  createCalendar,
  type Definition,
  type DigestKeys,
  type Grain,
  type PieceFold,
  randomDigestKeys,
  type WindowFoldOptions,
} from '../../lib/core/index.ts'
import { chooseAggregation } from '../../lib/query/choose-aggregation.ts'

/** What a thread is told of a fold. It loads the definition by itself, since functions cannot be sent. */
export interface PieceFoldJob {
  readonly aggregation: string
  readonly grain: Grain
  readonly timeZone: string
  readonly eachIdOnce: boolean
  readonly nowMs: number
  readonly digestKeys: DigestKeys
  readonly shares: number
}

export function pieceFoldJob(options: WindowFoldOptions, shares: number): PieceFoldJob {
  const { aggregation, grain, calendar, eachIdOnce, nowMs } = options
  return {
    ...{ aggregation: aggregation.name, grain, timeZone: calendar.timeZone, eachIdOnce, nowMs },
    digestKeys: randomDigestKeys(),
    shares,
  }
}

export function pieceFoldOf(definition: Definition, job: PieceFoldJob): PieceFold {
  const { aggregation, timeZone, ...others } = job
  return beginPieceFold({
    ...others,
    definition,
    aggregation: chooseAggregation(definition, aggregation),
    calendar: createCalendar(timeZone),
  })
}
