import { describe, expect, it } from 'vitest'
import { metricNames } from '../../lib/contract/metrics.ts'
import { readable } from './readable-template.ts'
import { resourceNamed, resourcesOf, type Synthesized, synthesize } from './synthesize.ts'

const synthesized = synthesize({ alarmAddress: 'ops@example.com' })

interface AlarmProperties {
  readonly AlarmDescription: string
  readonly AlarmActions?: unknown[]
  readonly OKActions?: unknown[]
  readonly ComparisonOperator: string
  readonly EvaluationPeriods: number
  readonly Threshold: number
  readonly TreatMissingData: string
  readonly Period?: number
  readonly MetricName?: string
  readonly Namespace?: string
  readonly Statistic?: string
  readonly Dimensions?: { Name: string; Value: unknown }[]
  readonly Metrics?: { Expression?: string; MetricStat?: MetricStat; ReturnData: boolean }[]
}

interface MetricStat {
  readonly Metric: Required<Pick<AlarmProperties, 'MetricName' | 'Namespace' | 'Dimensions'>>
  readonly Period: number
  readonly Stat: string
}

function alarmsOf(from: Synthesized): [string, AlarmProperties][] {
  return resourcesOf(from, 'AWS::CloudWatch::Alarm').map(([id, { Properties }]) => [
    id.replace(/^Monitoring|[0-9A-F]{8}$/g, ''),
    Properties as unknown as AlarmProperties,
  ])
}

/** What an alarm looks at and when it stands, in one line. */
function inWords(alarm: AlarmProperties): string {
  const sign = alarm.ComparisonOperator === 'GreaterThanThreshold' ? '>' : '<'
  const minutes = (alarm.Period ?? alarm.Metrics?.[1]?.MetricStat?.Period ?? 0) / 60
  const silence = { breaching: ', or silence', ignore: ', until told otherwise' }[
    alarm.TreatMissingData
  ]
  return `${metricOf(alarm)} ${sign} ${alarm.Threshold} for ${alarm.EvaluationPeriods} x ${minutes} min${silence ?? ''}`
}

function metricOf({ Namespace, MetricName, Statistic, Dimensions, Metrics }: AlarmProperties) {
  if (MetricName !== undefined) return metricText(Namespace, MetricName, Statistic, Dimensions)
  const expression = Metrics?.find(({ ReturnData }) => ReturnData)?.Expression
  const inputs = Metrics?.flatMap(({ MetricStat }) => MetricStat ?? []) ?? []
  return `${expression} of ${inputs
    .map(({ Metric: metric, Stat }) =>
      metricText(metric.Namespace, metric.MetricName, Stat, metric.Dimensions),
    )
    .join(' and ')}`
}

function metricText(
  namespace: string | undefined,
  name: string,
  statistic: string | undefined,
  dimensions: AlarmProperties['Dimensions'] = [],
): string {
  const where = dimensions.map(({ Value }) => readable(Value)).join(',')
  return `${statistic} ${namespace}/${name} ${where}`
}

describe('the alarms', () => {
  const own = (name: string) => `Twofold/${name} twofold-dev`
  const mapping = '<StreamMapping>'
  const stream = '<StreamStreamAggregateFunction>'
  const rollup = '<RollupBatchRollupFunction>'
  const backfill = '<BackfillStateMachine>'

  it('stand for what can go wrong, and only then', () => {
    expect(alarmsOf(synthesized).map(([name, alarm]) => [name, inWords(alarm)])).toEqual([
      [
        'RecordsLost',
        'FILL(dropped, 0) + FILL(undelivered, 0) of ' +
          `Sum AWS/Lambda/DroppedEventCount ${mapping} and ` +
          `Sum AWS/Lambda/DestinationDeliveryFailures ${stream} > 0 for 1 x 5 min`,
      ],
      [
        'RecordsGivenUp',
        `Sum AWS/Lambda/OnFailureDestinationDeliveredEventCount ${mapping} > 0 for 1 x 5 min`,
      ],
      [
        'VerifyDifferences',
        `Sum ${own('VerifyDifferences')} > 0 for 1 x 5 min, until told otherwise`,
      ],
      ['VerifyOverdue', `Minimum ${own('VerifyHoursLeft')} > 0 for 2 x 1440 min, or silence`],
      [
        'RejectRate',
        '100 * FILL(rejects, 0) / (FILL(rejects, 0) + FILL(events, 0)) of ' +
          `Sum ${own('Rejects')} and Sum ${own('Events')} > 1 for 3 x 5 min`,
      ],
      ['StreamLag', `Maximum AWS/Lambda/IteratorAge ${stream} > 300000 for 5 x 1 min`],
      [
        'StreamErrors',
        'FILL(streamErrors, 0) + FILL(failedBatches, 0) of ' +
          `Sum AWS/Lambda/Errors ${stream} and Sum ${own('BatchesFailed')} > 0 for 2 x 5 min`,
      ],
      ['StreamThrottles', `Sum AWS/Lambda/Throttles ${stream} > 0 for 3 x 5 min`],
      [
        'ProducersThrottled',
        'Sum AWS/Kinesis/WriteProvisionedThroughputExceeded <Stream> > 0 for 3 x 5 min',
      ],
      ['RollupOverdue', `Sum ${own('RunsCompleted')} < 1 for 2 x 15 min, or silence`],
      ['RollupBehind', `Maximum ${own('OldestChangeAge')} > 3600 for 2 x 15 min`],
      ['RollupErrors', `Sum AWS/Lambda/Errors ${rollup} > 0 for 1 x 5 min`],
      ['RollupThrottles', `Sum AWS/Lambda/Throttles ${rollup} > 0 for 3 x 5 min`],
      [
        'ScheduleDeadLetters',
        'Maximum AWS/SQS/ApproximateNumberOfMessagesVisible <RollupDeadLetters.QueueName> > 0 for 1 x 5 min',
      ],
      [
        'BackfillFailed',
        'FILL(failedBackfills, 0) + FILL(backfillsTimedOut, 0) of ' +
          `Sum AWS/States/ExecutionsFailed ${backfill} and ` +
          `Sum AWS/States/ExecutionsTimedOut ${backfill} > 0 for 1 x 5 min`,
      ],
      [
        'TableWritesThrottled',
        'FILL(minutesThrottled, 0) + FILL(rollupsThrottled, 0) + FILL(ledgerThrottled, 0) of ' +
          'Sum AWS/DynamoDB/WriteThrottleEvents <StorageMinutes> and ' +
          'Sum AWS/DynamoDB/WriteThrottleEvents <StorageRollups> and ' +
          'Sum AWS/DynamoDB/WriteThrottleEvents <StorageLedger> > 0 for 3 x 5 min',
      ],
    ])
  })

  it('follow the schedule and the settings', () => {
    const alarms = new Map(alarmsOf(synthesize({ scheduleMinutes: 60, maxRejectPercent: 5 })))
    const words = (name: string) => inWords(alarms.get(name) as AlarmProperties)
    expect(words('RollupOverdue')).toMatch(/< 1 for 2 x 60 min, or silence$/)
    expect(words('RollupBehind')).toMatch(/> 14400 for 2 x 60 min$/)
    expect(words('RejectRate')).toMatch(/> 5 for 3 x 5 min$/)
  })

  it('miss no verify where none is asked for', () => {
    const names = alarmsOf(synthesize({ verifyHours: 0 })).map(([name]) => name)
    expect(names).toContain('VerifyDifferences')
    expect(names).not.toContain('VerifyOverdue')
  })

  it('say what they mean and where to read on', () => {
    for (const [, { AlarmDescription }] of alarmsOf(synthesized)) {
      expect(AlarmDescription).toMatch(/^.{20,}\. What to do: docs\/OPERATIONS\.md#[a-z-]+$/)
    }
  })

  it('call the address, also when all is well again', () => {
    const [[topic] = []] = resourcesOf(synthesized, 'AWS::SNS::Topic')
    for (const [, { AlarmActions, OKActions }] of alarmsOf(synthesized)) {
      expect(AlarmActions).toEqual([{ Ref: topic }])
      expect(OKActions).toEqual([{ Ref: topic }])
    }
    expect(resourceNamed(synthesized, 'AWS::SNS::Subscription')).toEqual({
      Endpoint: 'ops@example.com',
      Protocol: 'email',
      TopicArn: { Ref: topic },
    })
  })

  it('may publish to the topic, by TLS, and nobody else of another account may', () => {
    expect(resourceNamed(synthesized, 'AWS::SNS::TopicPolicy').PolicyDocument).toMatchObject({
      Statement: [
        {
          Effect: 'Deny',
          Action: 'sns:Publish',
          Principal: '*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
        {
          Effect: 'Allow',
          Action: 'sns:Publish',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        },
      ],
    })
  })

  it('call a topic that is there already', () => {
    const arn = 'arn:aws:sns:eu-west-1:123456789012:on-call'
    const other = synthesize({ alarmAddress: arn })
    expect(resourcesOf(other, 'AWS::SNS::Topic')).toEqual([])
    for (const [, { AlarmActions }] of alarmsOf(other)) expect(AlarmActions).toEqual([arn])
  })

  it('call nobody where there is no address', () => {
    const silent = synthesize()
    expect(resourcesOf(silent, 'AWS::SNS::Topic')).toEqual([])
    expect(alarmsOf(silent)).toHaveLength(16)
    for (const [, alarm] of alarmsOf(silent)) {
      expect(alarm).not.toHaveProperty('AlarmActions')
      expect(alarm).not.toHaveProperty('OKActions')
    }
  })
})

interface Widget {
  readonly type: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly properties: {
    readonly markdown?: string
    readonly alarms?: readonly string[]
    readonly query?: string
    readonly metrics?: readonly unknown[][]
  }
}

describe('the dashboard', () => {
  const { DashboardBody } = resourceNamed(synthesized, 'AWS::CloudWatch::Dashboard')
  const { widgets } = JSON.parse(readable(DashboardBody)) as { widgets: readonly Widget[] }

  it('is read from top to bottom', () => {
    const headings = widgets.flatMap(
      ({ properties: { markdown } }) => markdown?.split('\n')[0] ?? [],
    )
    expect(headings).toEqual([
      '## Is anything wrong?',
      '## Is it fresh?',
      '## Is it right?',
      '## What is it doing?',
      '## What breaks?',
      '## What does it cost?',
      '## What do the logs say?',
    ])
    const tops = widgets.map(({ y }) => y)
    expect(tops).toEqual([...tops].sort((a, b) => a - b))
    expect(Math.max(...widgets.map(({ x, width }) => x + width))).toBe(24)
  })

  it('shows every alarm', () => {
    const [shown] = widgets.flatMap(({ properties: { alarms } }) => (alarms ? [alarms] : []))
    expect(shown).toEqual(alarmsOf(synthesized).map(([name]) => `<Monitoring${name}>`))
  })

  it('shows every metric that the functions write', () => {
    const shown = JSON.stringify(widgets.flatMap(({ properties }) => properties.metrics ?? []))
    const missing = metricNames().filter(
      (name) => !shown.includes(`["Twofold","${name}","Stack","twofold-dev"`),
    )
    expect(missing).toEqual([])
  })

  it('asks the logs of both functions for errors', () => {
    const queries = widgets.flatMap(({ properties: { query } }) => query ?? [])
    expect(queries).toEqual([expect.stringContaining('filter level in ["error", "ERROR"]')])
    expect(queries[0]).toContain("SOURCE '<StreamStreamAggregateLog>'")
    expect(queries[0]).toContain("SOURCE '<RollupBatchRollupLog>'")
  })
})
