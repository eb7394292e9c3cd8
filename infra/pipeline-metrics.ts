import { Duration, Stack } from 'aws-cdk-lib'
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { Table } from 'aws-cdk-lib/aws-dynamodb'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { MetricName } from '../lib/contract/metrics.ts'
import type { Backfill } from './backfill.ts'
import { functionMetric } from './function-metrics.ts'
import type { Rollup } from './rollup.ts'
import type { Storage } from './storage.ts'
import type { Stream } from './stream.ts'

export interface Pipeline {
  readonly storage: Storage
  readonly stream: Stream
  readonly rollup: Rollup
  readonly backfill: Backfill
}

export type PipelineMetrics = ReturnType<typeof pipelineMetrics>

const period = Duration.minutes(5)

type Own = (name: MetricName, every?: Duration) => Metric

/** What alarms and dashboard look at, in one place, so that both see the same. */
export function pipelineMetrics({ storage, stream, rollup, backfill }: Pipeline) {
  const { stackName } = Stack.of(stream)
  const own: Own = (name, every) => functionMetric(stackName, name, every)
  return {
    own,
    throttles: (of: LambdaFunction) => of.metricThrottles({ period }),
    ...streamMetrics(stream, own),
    ...recordMetrics(stream, own),
    ...rollupMetrics(rollup, backfill),
    ...tableMetrics(storage),
  }
}

function streamMetrics({ stream, function: applied }: Stream, own: Own) {
  return {
    streamLagMs: applied.metric('IteratorAge', {
      statistic: Stats.MAXIMUM,
      period: Duration.minutes(1),
    }),
    streamBytes: stream.metricIncomingBytes({ statistic: Stats.SUM, period }),
    producersThrottled: stream.metricWriteProvisionedThroughputExceeded({
      statistic: Stats.SUM,
      period,
    }),
    streamErrors: sum('Failed batches', {
      streamErrors: applied.metricErrors({ period }),
      failedBatches: own('BatchesFailed'),
    }),
  }
}

/** Records that are in no row, at least not yet. */
function recordMetrics(stream: Stream, own: Own) {
  const ofMapping = (metricName: string) =>
    new Metric({
      namespace: 'AWS/Lambda',
      metricName,
      dimensionsMap: { EventSourceMappingUUID: stream.mapping.eventSourceMappingId },
      statistic: Stats.SUM,
      period,
    })
  return {
    rejectPercent: new MathExpression({
      expression: '100 * FILL(rejects, 0) / (FILL(rejects, 0) + FILL(events, 0))',
      usingMetrics: { rejects: own('Rejects'), events: own('Events') },
      label: 'Rejects, % of records',
      period,
    }),
    recordsGivenUp: ofMapping('OnFailureDestinationDeliveredEventCount'),
    recordsLost: sum('Records dropped or not delivered', {
      dropped: ofMapping('DroppedEventCount'),
      undelivered: stream.function.metric('DestinationDeliveryFailures', {
        statistic: Stats.SUM,
        period,
      }),
    }),
  }
}

function rollupMetrics(rollup: Rollup, backfill: Backfill) {
  return {
    rollupErrors: rollup.function.metricErrors({ period }),
    deadLetters: rollup.deadLetters.metricApproximateNumberOfMessagesVisible({
      statistic: Stats.MAXIMUM,
      period,
    }),
    backfillsFailed: sum('Failed backfills', {
      failedBackfills: backfill.stateMachine.metricFailed({ period }),
      backfillsTimedOut: backfill.stateMachine.metricTimedOut({ period }),
    }),
  }
}

function tableMetrics({ minutes, rollups, ledger }: Storage) {
  const tables = { Minutes: minutes, Rollups: rollups, Ledger: ledger }
  return {
    writesThrottled: sum('Throttled writes', {
      minutesThrottled: tableSum(minutes, 'WriteThrottleEvents'),
      rollupsThrottled: tableSum(rollups, 'WriteThrottleEvents'),
      ledgerThrottled: tableSum(ledger, 'WriteThrottleEvents'),
    }),
    writeUnits: Object.entries(tables).map(([label, table]) =>
      tableSum(table, 'ConsumedWriteCapacityUnits', label),
    ),
    readUnits: Object.entries(tables).map(([label, table]) =>
      tableSum(table, 'ConsumedReadCapacityUnits', label),
    ),
  }
}

function tableSum(table: Table, metricName: string, label?: string): Metric {
  return table.metric(metricName, {
    statistic: Stats.SUM,
    period,
    ...(label !== undefined && { label }),
  })
}

/** Metrics that are not reported while nothing happens count as 0, so that the others show. */
function sum(label: string, usingMetrics: Record<string, IMetric>): MathExpression {
  const expression = Object.keys(usingMetrics)
    .map((name) => `FILL(${name}, 0)`)
    .join(' + ')
  return new MathExpression({ expression, usingMetrics, label, period })
}
