import {
  type BatchFigures,
  batchFigures,
  figureNames,
  type WorkFigures,
  workFigureNames,
} from './figures.ts'

/** The namespace of what the functions write in CloudWatch's embedded metric format. */
export const metricNamespace = 'Twofold'

/** The one dimension of these metrics: the name of the stack. */
export const metricDimension = 'Stack'

/** What CloudWatch is to know of a metric. */
export interface MetricShape {
  readonly unit: 'Count' | 'Seconds'
  /** What becomes of several values in one stretch of time. */
  readonly statistic: 'Sum' | 'Minimum' | 'Maximum'
}

/** What is told beside the figures; counts that add up where nothing else is said. */
const otherMetrics = {
  /** batch-rollup, per run: 1 once it has come to its end, whether or not there was work. */
  RunsCompleted: {},
  /** batch-rollup, per run: how long the oldest unit that could be done has been waiting. */
  OldestChangeAge: { unit: 'Seconds', statistic: 'Maximum' },
  /** batch-rollup, per verify: rows that differ from history for no known reason. */
  VerifyDifferences: {},
  /** batch-rollup, per verify: hours that it did not get to. The least is that of the best of several. */
  VerifyHoursLeft: { statistic: 'Minimum' },
} as const satisfies Record<string, Partial<MetricShape>>

type Others = typeof otherMetrics
type Figures = keyof (BatchFigures & WorkFigures)

export type MetricName = keyof Others | Capitalize<Figures>

export function metricShape(name: MetricName): MetricShape {
  const told: Readonly<Partial<Record<MetricName, Partial<MetricShape>>>> = otherMetrics
  return { unit: 'Count', statistic: 'Sum', ...told[name] }
}

/** Every metric that the functions write. */
export function metricNames(): MetricName[] {
  const figures = [...figureNames(batchFigures), ...workFigureNames()]
  return [...figures.map(inPascalCase), ...figureNames(otherMetrics)]
}

/** Values of metrics by their names. */
export type Metrics = Readonly<Partial<Record<MetricName, number>>>

type InPascalCase<Figures> = {
  readonly [Name in keyof Figures as Capitalize<Name & string>]: Figures[Name]
}

/** What figures have, by the names of their metrics. */
export function metricsOf<Figures extends object>(figures: Figures): InPascalCase<Figures> {
  const renamed = Object.entries(figures).map(([name, value]) => [inPascalCase(name), value])
  return Object.fromEntries(renamed)
}

function inPascalCase<Name extends string>(name: Name): Capitalize<Name> {
  return name.replace(/^./, (first) => first.toUpperCase()) as Capitalize<Name>
}
