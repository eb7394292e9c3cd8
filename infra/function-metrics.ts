import { Duration } from 'aws-cdk-lib'
import { Metric } from 'aws-cdk-lib/aws-cloudwatch'
import {
  type MetricName,
  metricDimension,
  metricNamespace,
  metricShape,
} from '../lib/contract/metrics.ts'

/** A metric of the functions of one stack. */
export function functionMetric(
  stackName: string,
  metricName: MetricName,
  period: Duration = Duration.minutes(5),
): Metric {
  return new Metric({
    namespace: metricNamespace,
    metricName,
    dimensionsMap: { [metricDimension]: stackName },
    statistic: metricShape(metricName).statistic,
    period,
  })
}
