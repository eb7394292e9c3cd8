import { Stack } from 'aws-cdk-lib'
import { Alarm, type Dashboard } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Construct } from 'constructs'
import {
  type AlarmDefinition,
  alarmDefinitions,
  comparisonOf,
  missingDataOf,
  operationsHeading,
} from './alarms.ts'
import { createDashboard } from './dashboard.ts'
import { type Pipeline, pipelineMetrics } from './pipeline-metrics.ts'
import type { Settings } from './settings.ts'

export interface MonitoringProps extends Pipeline {
  readonly settings: Settings
}

/** Alarms, whom they call, and the dashboard. */
export class Monitoring extends Construct {
  readonly dashboard: Dashboard

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id)
    const { settings } = props
    const metrics = pipelineMetrics(props)
    const definitions = Object.entries(alarmDefinitions(metrics, props, settings))
    const alarms = definitions.map(([name, definition]) => this.#alarm(name, definition))
    if (settings.alarmAddress !== undefined) {
      const action = new SnsAction(this.#topic(settings.alarmAddress))
      for (const alarm of alarms) {
        alarm.addAlarmAction(action)
        alarm.addOkAction(action)
      }
    }
    this.dashboard = createDashboard(this, alarms, metrics, props)
  }

  #alarm(name: string, definition: AlarmDefinition): Alarm {
    return new Alarm(this, name, {
      metric: definition.metric,
      ...comparisonOf(definition),
      evaluationPeriods: definition.periods,
      treatMissingData: missingDataOf(definition),
      alarmDescription:
        `${definition.meaning} ` + `What to do: docs/OPERATIONS.md#${operationsHeading(name)}`,
    })
  }

  /** The topic of that ARN, or one of our own that sends e-mail to that address. */
  #topic(address: string): ITopic {
    if (address.startsWith('arn:')) return Topic.fromTopicArn(this, 'Topic', address)
    const topic = new Topic(this, 'Topic', { enforceSSL: true })
    topic.addSubscription(new EmailSubscription(address))
    // A topic that has a policy of its own lets nobody publish who is not named there.
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    )
    return topic
  }
}
