import { Duration } from 'aws-cdk-lib'
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  LogQueryWidget,
  type Metric,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import { figureGraphs, type Graph } from '../lib/contract/figures.ts'
import { type MetricName, metricsOf } from '../lib/contract/metrics.ts'
import type { Pipeline, PipelineMetrics } from './pipeline-metrics.ts'

/** Columns of a dashboard. */
const width = 24

/**
 * The dashboard of one deployment, to be read from top to bottom: is anything wrong, is it fresh, is
 * it right, what is it doing, what breaks, what does it cost, what do the logs say.
 */
export function createDashboard(
  scope: Construct,
  alarms: readonly Alarm[],
  metrics: PipelineMetrics,
  pipeline: Pipeline,
): Dashboard {
  return new Dashboard(scope, 'Dashboard', {
    defaultInterval: Duration.days(1),
    widgets: [
      heading('Is anything wrong?', 'Every alarm has a chapter in `docs/OPERATIONS.md`.'),
      [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width, height: 4 })],
      ...freshness(metrics),
      ...correctness(metrics),
      ...work(metrics),
      ...failures(metrics, pipeline),
      ...costs(metrics),
      ...logs(pipeline),
    ],
  })
}

function freshness(metrics: PipelineMetrics): IWidget[][] {
  return [
    heading('Is it fresh?', 'How long events wait to be counted, and changes to be rolled up.'),
    row(
      graph('Wait in the stream (ms)', [metrics.streamLagMs]),
      graph('Oldest change not rolled up (s)', drawnIn('oldestChange', metrics)),
      graph('Rollups completed', drawnIn('runs', metrics)),
    ),
  ]
}

function correctness(metrics: PipelineMetrics): IWidget[][] {
  return [
    heading('Is it right?', 'All of these should be zero or next to it.'),
    row(
      graph('Rejects (% of records)', [metrics.rejectPercent]),
      graph('Records given up or lost', [metrics.recordsGivenUp, metrics.recordsLost]),
      graph('Producers’ duplicates and verify', drawnIn('duplicatesAndVerify', metrics)),
      graph('Lines that history has and the definition refuses', drawnIn('refusedLines', metrics)),
    ),
  ]
}

function work(metrics: PipelineMetrics): IWidget[][] {
  return [
    heading('What is it doing?', 'Events in, rows out.'),
    row(
      graph('Events', drawnIn('events', metrics)),
      graph('Units of the rollup', drawnIn('units', metrics)),
      graph('Rows written', drawnIn('rows', metrics)),
    ),
  ]
}

function failures(metrics: PipelineMetrics, { stream, rollup }: Pipeline): IWidget[][] {
  return [
    heading('What breaks?', 'Failures are tried again; here they show before they hurt.'),
    row(
      graph('Failures', [metrics.streamErrors, metrics.rollupErrors, metrics.backfillsFailed]),
      graph('Throttles', [
        metrics.throttles(stream.function),
        metrics.throttles(rollup.function),
        metrics.writesThrottled,
        metrics.producersThrottled,
      ]),
      graph('Failed conditions', drawnIn('conditions', metrics)),
    ),
    row(durations('stream-aggregate', stream.function), durations('batch-rollup', rollup.function)),
  ]
}

function costs(metrics: PipelineMetrics): IWidget[][] {
  return [
    heading('What does it cost?', 'Write units are most of the bill.'),
    row(
      graph('Write units', metrics.writeUnits),
      graph('Read units', metrics.readUnits),
      graph('Bytes into the stream', [metrics.streamBytes]),
    ),
  ]
}

function logs({ stream, rollup }: Pipeline): IWidget[][] {
  return [
    heading('What do the logs say?', 'The last errors of both functions.'),
    [
      new LogQueryWidget({
        title: 'Errors',
        logGroupNames: [stream.logGroup.logGroupName, rollup.logGroup.logGroupName],
        queryLines: [
          'fields @timestamp, message, error, errorMessage, shard, firstSequenceNumber',
          'filter level in ["error", "ERROR"]',
          'sort @timestamp desc',
          'limit 50',
        ],
        width,
        height: 8,
      }),
    ],
  ]
}

function heading(title: string, text: string): IWidget[] {
  return [new TextWidget({ markdown: `## ${title}\n${text}`, width, height: 2 })]
}

/** Graphs side by side, as wide as they can be. */
function row(...graphs: ((width: number) => IWidget)[]): IWidget[] {
  return graphs.map((draw) => draw(width / graphs.length))
}

function graph(title: string, left: IMetric[]): (width: number) => IWidget {
  return (graphWidth) =>
    new GraphWidget({ title, left, leftYAxis: { min: 0 }, width: graphWidth, height: 6 })
}

function durations(name: string, of: LambdaFunction): (width: number) => IWidget {
  const statistics = ['p50', 'p99', 'Maximum']
  return graph(
    `Duration of ${name} (ms)`,
    statistics.map((statistic) => of.metricDuration({ statistic, label: statistic })),
  )
}

/** The graph that each metric of the functions is drawn in. */
const graphs: Readonly<Record<MetricName, Graph | undefined>> = {
  ...metricsOf(figureGraphs),
  RunsCompleted: 'runs',
  OldestChangeAge: 'oldestChange',
  VerifyDifferences: 'duplicatesAndVerify',
  VerifyHoursLeft: 'duplicatesAndVerify',
}

/** The functions' own metrics that belong into a graph. */
function drawnIn(graphOf: Graph, metrics: PipelineMetrics): Metric[] {
  return Object.entries(graphs)
    .filter(([, drawn]) => drawn === graphOf)
    .map(([name]) => metrics.own(name as MetricName).with({ label: name }))
}
