import { Duration } from 'aws-cdk-lib'
import { Metric, Stats, Unit } from 'aws-cdk-lib/aws-cloudwatch'

/** The namespace of what the functions write in CloudWatch's embedded metric format. */
export const metricNamespace = 'Twofold'

/** The one dimension of these metrics; the functions find its value in `STACK_NAME`. */
export const metricDimension = 'Stack'

const count = { unit: Unit.COUNT, statistic: Stats.SUM }

/** Each metric that the functions write, with its unit and how its values are put together. */
export const functionMetrics = {
  /** stream-aggregate, per batch: events that were taken, delivered again or not. */
  Events: count,
  /** stream-aggregate, per batch: records that were refused. */
  Rejects: count,
  /** stream-aggregate, per batch: minute rows that were put. */
  MinuteRowsWritten: count,
  /** stream-aggregate, per batch: puts whose condition failed; each one cost a write. */
  ConditionFailures: count,
  /** stream-aggregate: 1 for each batch that was handed back to be delivered again. */
  BatchesFailed: count,
  /** batch-rollup, per run: 1 once it has come to its end, whether or not there was work. */
  RunsCompleted: count,
  /** batch-rollup, per run or unit: hours that were folded into parts. */
  HoursFolded: count,
  /** batch-rollup, per run or unit: days, weeks and months that were merged. */
  PeriodsMerged: count,
  /** batch-rollup, per run or unit: rollup rows that were put or deleted. */
  RollupRowsWritten: count,
  /** batch-rollup, per run or unit: events that history held more than once. */
  DuplicatesDropped: count,
  /** batch-rollup, per run or unit: lines of history that the definition of today refuses. */
  UnreadableLines: count,
  /** batch-rollup, per run: how long the oldest unit that could be done has been waiting. */
  OldestChangeAge: { unit: Unit.SECONDS, statistic: Stats.MAXIMUM },
  /** batch-rollup, per verify: rows that differ from history for no known reason. */
  VerifyDifferences: count,
  /** batch-rollup, per verify: hours that it did not get to. The least is that of the best of several. */
  VerifyHoursLeft: { unit: Unit.COUNT, statistic: Stats.MINIMUM },
} as const

export type FunctionMetric = keyof typeof functionMetrics

/** A metric of the functions of one stack. */
export function functionMetric(
  stackName: string,
  metricName: FunctionMetric,
  period: Duration = Duration.minutes(5),
): Metric {
  return new Metric({
    namespace: metricNamespace,
    metricName,
    dimensionsMap: { [metricDimension]: stackName },
    statistic: functionMetrics[metricName].statistic,
    period,
  })
}
