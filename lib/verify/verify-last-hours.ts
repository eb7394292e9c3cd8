import type { Metrics } from '../contract/metrics.ts'
import { hourName } from '../core/index.ts'
import type { Log } from '../log/log.ts'
import { type Deadline, OutOfTime } from '../rollup/deadline.ts'
import type { VerifiedHour } from './compare-hour.ts'
import { lastHours } from './hours-to-verify.ts'
import type { UnverifiableHour } from './unverifiable-hour.ts'
import type { VerifyContext } from './verify-context.ts'
import { hoursAtOnce, unexplained, verifyHours } from './verify-hours.ts'

/** What came of a scheduled look at minute rows and history; all are counts. */
export interface VerifyFigures {
  readonly hours: number
  readonly rows: number
  /** Rows that are right by a correction alone. */
  readonly correctedRows: number
  /** Rows that differ for a reason that is known. */
  readonly explainedDifferences: number
  /** Rows that must not differ and do. */
  readonly unexplainedDifferences: number
  /** Hours of which something stored is damaged, so that nobody knows whether they agree. */
  readonly unverifiableHours: number
  /** Hours that there was no time for, the oldest. */
  readonly hoursLeft: number
}

/** What hours are verified with, by one invocation. */
export interface TimedVerify extends Omit<VerifyContext, 'nowMs' | 'checkTime'> {
  readonly deadline: Deadline
}

type Figures = { -readonly [Name in keyof VerifyFigures]: number }

/**
 * Verifies the last hours that are over, the newest first, for as long as there is time. Takes no
 * lease, since it writes nothing. The log gets hours, counts and names of objects, and never a key.
 */
export async function verifyLastHours(
  context: TimedVerify,
  count: number,
  log: Log,
): Promise<VerifyFigures> {
  const { deadline } = context
  const inTime = { ...context, nowMs: deadline.nowMs, checkTime: () => deadline.checkToRead() }
  const hours = lastHours(inTime, count)
  const figures: Figures = {
    hours: 0,
    rows: 0,
    correctedRows: 0,
    explainedDifferences: 0,
    unexplainedDifferences: 0,
    unverifiableHours: 0,
    hoursLeft: hours.length,
  }
  const named = new Set<string>()
  const begun = whileThereIsTime(context, hours)
  const onUnverifiable = (hour: UnverifiableHour) => {
    figures.unverifiableHours++
    figures.hoursLeft--
    logUnverifiable(hour, log)
  }
  try {
    for await (const verified of verifyHours(inTime, begun, hoursAtOnce, onUnverifiable)) {
      addHour(figures, verified)
      logUnexplained(context, verified, log)
      logNotBatches(verified, named, log)
    }
  } catch (cause) {
    // The hours that it was at are among those that are left.
    if (!(cause instanceof OutOfTime)) throw cause
  } finally {
    // What was found is told, also where a later hour can't be read.
    log('info', 'verified', { ...figures }, metricsOf(figures))
  }
  return figures
}

function addHour(figures: Figures, verified: VerifiedHour): void {
  const wrong = unexplained(verified).length
  figures.hours++
  figures.hoursLeft--
  figures.rows += verified.rows
  figures.correctedRows += verified.correctedRows
  figures.unexplainedDifferences += wrong
  figures.explainedDifferences += verified.differences.length - wrong
}

/**
 * That nothing differs ends an alarm, so it is said only of hours that were all looked at. An hour that
 * can't be verified counts as a row that differs, and rings the same alarm.
 */
function metricsOf(figures: VerifyFigures): Metrics {
  const { hours, hoursLeft, unexplainedDifferences, unverifiableHours } = figures
  const wrong = unexplainedDifferences + unverifiableHours
  const isKnown = wrong > 0 || (hours > 0 && hoursLeft === 0)
  return {
    ...(isKnown && { VerifyDifferences: wrong }),
    VerifyHoursLeft: hoursLeft,
  }
}

function* whileThereIsTime({ deadline }: TimedVerify, hours: readonly number[]) {
  for (const hourMs of hours) {
    if (!deadline.isTimeToRead()) return
    yield hourMs
  }
}

function logUnexplained({ definition }: TimedVerify, verified: VerifiedHour, log: Log): void {
  const hour = hourName(verified.hourMs)
  for (const { name } of definition.aggregations) {
    const rows = unexplained(verified).filter(({ aggregation }) => aggregation.name === name).length
    if (rows > 0) log('error', 'minute rows and history differ', { hour, aggregation: name, rows })
  }
}

/** A row is named by its key, which no log gets; `verify` of the command line shows it. */
function logUnverifiable({ hourMs, in: where, message }: UnverifiableHour, log: Log): void {
  const error = where === 'row' ? 'a minute row cannot be read' : message
  log('error', 'hour not verifiable', { hour: hourName(hourMs), error })
}

/** Each is named once, though every hour that has differences met it. */
function logNotBatches({ notBatches }: VerifiedHour, named: Set<string>, log: Log): void {
  for (const { objectKey, message } of notBatches) {
    if (named.has(objectKey)) continue
    named.add(objectKey)
    log('error', 'no batch that was given up', { object: objectKey, error: message })
  }
}
