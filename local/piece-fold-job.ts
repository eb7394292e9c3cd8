import {
  beginPieceFold,
  createCalendar,
  type Definition,
  type DigestKeys,
  type Grain,
  type PieceFold,
  randomDigestKeys,
  type WindowFoldOptions,
} from '../lib/core/index.ts'

/** What a thread is told of a fold. It loads the definition by itself, since functions cannot be sent. */
export interface PieceFoldJob {
  /** Its place in the definition. */
  readonly aggregation: number
  readonly grain: Grain
  readonly timeZone: string
  readonly eachIdOnce: boolean
  readonly nowMs: number
  readonly digestKeys: DigestKeys
  readonly shares: number
}

export function pieceFoldJob(options: WindowFoldOptions, shares: number): PieceFoldJob {
  const { definition, grain, calendar, eachIdOnce, nowMs } = options
  const aggregation = definition.aggregations.indexOf(options.aggregation)
  return {
    ...{ aggregation, grain, timeZone: calendar.timeZone, eachIdOnce, nowMs },
    digestKeys: randomDigestKeys(),
    shares,
  }
}

/** What folds the pieces of a job by this definition. */
export const pieceFoldOf =
  (definition: Definition) =>
  (job: PieceFoldJob): PieceFold => {
    const { aggregation: place, timeZone, ...others } = job
    const aggregation = definition.aggregations[place]
    if (aggregation === undefined) throw new RangeError(`No aggregation ${place}`)
    return beginPieceFold({
      ...{ ...others, definition, aggregation },
      calendar: createCalendar(timeZone),
    })
  }
