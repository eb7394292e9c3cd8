import { type Metrics, metricDimension, metricNamespace, metricShape } from '../contract/metrics.ts'
import { escapeSteering } from '../core/index.ts'

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

/** Writes one JSON object per line. Never given an event's content. */
export type Log = (
  level: 'info' | 'error',
  message: string,
  fields: LogFields,
  metrics?: Metrics,
) => void

export interface LogOptions {
  readonly write: (line: string) => void
  readonly nowMs: () => number
  /** The dimension of the metrics; without it, on one machine, none are written. */
  readonly stackName: string | undefined
}

/** Metrics stand in the line itself, in CloudWatch's embedded metric format. */
export function createLog({ write, nowMs, stackName }: LogOptions): Log {
  return (level, message, fields, metrics = {}) => {
    const atMs = nowMs()
    const line = {
      timestamp: new Date(atMs).toISOString(),
      level,
      message,
      ...fields,
      ...(stackName !== undefined && embedded(atMs, stackName, metrics)),
    }
    // An error may name a key, and whoever reads the log in a terminal is not to be fooled by it.
    write(`${escapeSteering(JSON.stringify(line))}\n`)
  }
}

function embedded(atMs: number, stackName: string, metrics: Metrics): object {
  const names = Object.keys(metrics) as (keyof Metrics)[]
  if (names.length === 0) return {}
  return {
    _aws: {
      Timestamp: atMs,
      CloudWatchMetrics: [
        {
          Namespace: metricNamespace,
          Dimensions: [[metricDimension]],
          Metrics: names.map((Name) => ({ Name, Unit: metricShape(Name).unit })),
        },
      ],
    },
    [metricDimension]: stackName,
    ...metrics,
  }
}

/** An error with all its causes, in one text. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : `; caused by ${describeError(error.cause)}`
  return `${error.name}: ${error.message}${cause}`
}
