import { batchFigures, type MetricShape, workFigures } from './figures.ts'

/** The namespace of what the functions write in CloudWatch's embedded metric format. */
export const metricNamespace = 'Twofold'

/** The one dimension of these metrics: the name of the stack. */
export const metricDimension = 'Stack'

/** Each metric that the functions write, and how its values are put together. */
export const metrics = {
  ...metricsOf(batchFigures),
  /** batch-rollup, per run: 1 once it has come to its end, whether or not there was work. */
  RunsCompleted: { unit: 'Count', statistic: 'Sum' },
  ...metricsOf(workFigures),
  /** batch-rollup, per run: how long the oldest unit that could be done has been waiting. */
  OldestChangeAge: { unit: 'Seconds', statistic: 'Maximum' },
  /** batch-rollup, per verify: rows that differ from history for no known reason. */
  VerifyDifferences: { unit: 'Count', statistic: 'Sum' },
  /** batch-rollup, per verify: hours that it did not get to. The least is that of the best of several. */
  VerifyHoursLeft: { unit: 'Count', statistic: 'Minimum' },
} as const satisfies Record<string, MetricShape>

export type MetricName = keyof typeof metrics

/** Values of metrics by their names. */
export type Metrics = Readonly<Partial<Record<MetricName, number>>>

type InPascalCase<Figures> = {
  readonly [Name in keyof Figures as Capitalize<Name & string>]: Figures[Name]
}

/** What figures have, by the names of their metrics. */
export function metricsOf<Figures extends object>(figures: Figures): InPascalCase<Figures> {
  const renamed = Object.entries(figures).map(([name, value]) => [
    `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    value,
  ])
  return Object.fromEntries(renamed)
}
