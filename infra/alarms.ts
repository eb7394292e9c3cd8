import { Duration } from 'aws-cdk-lib'
import { ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import type { Pipeline, PipelineMetrics } from './pipeline-metrics.ts'
import { verifyEvery } from './rollup.ts'
import type { Settings } from './settings.ts'

/** One alarm. It stands when the metric is over (or under) a limit for some periods in a row. */
export interface AlarmDefinition {
  readonly metric: IMetric
  /** What it means, in a sentence for whoever is called. */
  readonly meaning: string
  readonly over?: number
  readonly under?: number
  readonly periods: number
  /** What silence means: a failure too, or nothing new since it was last told; else that all is well. */
  readonly whenSilent?: 'failure' | 'as-before'
}

/** The heading in docs/OPERATIONS.md that says what to do about an alarm. */
export function operationsHeading(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()
}

export function comparisonOf({ over, under }: AlarmDefinition) {
  return over !== undefined
    ? { threshold: over, comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD }
    : { threshold: under ?? 0, comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD }
}

export function missingDataOf({ whenSilent }: AlarmDefinition): TreatMissingData {
  if (whenSilent === 'failure') return TreatMissingData.BREACHING
  if (whenSilent === 'as-before') return TreatMissingData.IGNORE
  return TreatMissingData.NOT_BREACHING
}

/** A batch that waits this long is late for those who read minutes. */
const maxStreamLagMs = 300_000
/** Schedules that changed hours may wait for, before the rollup counts as falling behind. */
const maxSchedulesBehind = 4

type Alarms = Readonly<Record<string, AlarmDefinition>>

/** Every alarm by name, in the order in which to look at them. */
export function alarmDefinitions(
  metrics: PipelineMetrics,
  pipeline: Pipeline,
  settings: Settings,
): Alarms {
  return {
    ...recordAlarms(metrics, settings),
    ...streamAlarms(metrics, pipeline),
    ...rollupAlarms(metrics, pipeline, settings),
    ...tableAlarms(metrics),
  }
}

/** Records and totals that may be wrong or missing. */
function recordAlarms(
  metrics: PipelineMetrics,
  { maxRejectPercent, verifyHours }: Settings,
): Alarms {
  return {
    RecordsLost: {
      metric: metrics.recordsLost,
      meaning: 'Records were dropped, and may not have been kept in the bucket.',
      over: 0,
      periods: 1,
    },
    RecordsGivenUp: {
      metric: metrics.recordsGivenUp,
      meaning: 'Batches failed for good; they are kept in the bucket and wait to be redriven.',
      over: 0,
      periods: 1,
    },
    VerifyDifferences: {
      metric: metrics.own('VerifyDifferences'),
      meaning:
        'The minute rows and history do not come to the same totals, and nothing explains it.',
      over: 0,
      periods: 1,
      // Told once a day: what was found then stands until somebody looks again.
      whenSilent: 'as-before',
    },
    ...(verifyHours > 0 && {
      VerifyOverdue: {
        metric: metrics.own('VerifyHoursLeft', verifyEvery),
        meaning: 'For two days, no verify of minute rows and history has got through its hours.',
        over: 0,
        periods: 2,
        whenSilent: 'failure',
      },
    }),
    RejectRate: {
      metric: metrics.rejectPercent,
      meaning: 'Too many records are refused; somebody sends what cannot be read.',
      over: maxRejectPercent,
      periods: 3,
    },
  }
}

function streamAlarms(metrics: PipelineMetrics, { stream }: Pipeline): Alarms {
  return {
    StreamLag: {
      metric: metrics.streamLagMs,
      meaning: 'Events wait over five minutes in the stream before they are counted.',
      over: maxStreamLagMs,
      periods: 5,
    },
    StreamErrors: {
      metric: metrics.streamErrors,
      meaning: 'Batches of the stream fail and are tried again.',
      over: 0,
      periods: 2,
    },
    StreamThrottles: {
      metric: metrics.throttles(stream.function),
      meaning: 'stream-aggregate may not run as often as its shards need.',
      over: 0,
      periods: 3,
    },
    ProducersThrottled: {
      metric: metrics.producersThrottled,
      meaning: 'The stream refuses records of producers; it has too few shards.',
      over: 0,
      periods: 3,
    },
  }
}

function rollupAlarms(
  metrics: PipelineMetrics,
  { rollup }: Pipeline,
  { scheduleMinutes }: Settings,
): Alarms {
  const schedule = Duration.minutes(scheduleMinutes)
  return {
    RollupOverdue: {
      metric: metrics.own('RunsCompleted', schedule),
      meaning: 'No rollup has come to its end for two schedules.',
      under: 1,
      periods: 2,
      whenSilent: 'failure',
    },
    RollupBehind: {
      metric: metrics.own('OldestChangeAge', schedule),
      meaning: 'The rollup runs, but does not get through what has changed.',
      over: maxSchedulesBehind * scheduleMinutes * 60,
      periods: 2,
    },
    RollupErrors: {
      metric: metrics.rollupErrors,
      meaning: 'batch-rollup failed, in a scheduled run, a backfill or a verify.',
      over: 0,
      periods: 1,
    },
    RollupThrottles: {
      metric: metrics.throttles(rollup.function),
      meaning: 'batch-rollup may not run as often as it is asked to.',
      over: 0,
      periods: 3,
    },
    ScheduleDeadLetters: {
      metric: metrics.deadLetters,
      meaning: 'The scheduler could not start the rollup.',
      over: 0,
      periods: 1,
    },
    BackfillFailed: {
      metric: metrics.backfillsFailed,
      meaning: 'A backfill has ended before all of its units were done.',
      over: 0,
      periods: 1,
    },
  }
}

function tableAlarms(metrics: PipelineMetrics): Alarms {
  return {
    TableWritesThrottled: {
      metric: metrics.writesThrottled,
      meaning: 'A table refuses writes: it has reached its limit, or one key is too hot.',
      over: 0,
      periods: 3,
    },
  }
}
