/** A figure as CloudWatch gets it: its name in PascalCase is the metric's. */
export interface MetricShape {
  readonly unit: 'Count' | 'Seconds'
  /** What becomes of several values in one stretch of time. */
  readonly statistic: 'Sum' | 'Minimum' | 'Maximum'
  /** The graph of the dashboard that it is drawn in; it may be shown as part of another metric. */
  readonly graph?: Graph
}

export type Graph =
  | 'oldestChange'
  | 'runs'
  | 'duplicatesAndVerify'
  | 'refusedLines'
  | 'events'
  | 'units'
  | 'rows'
  | 'conditions'

/** A figure that is no metric has no unit and no statistic. */
export interface Figure extends Partial<MetricShape> {
  /** As in `1 hour folded` and `2 hours folded`. */
  readonly one?: string
  readonly many?: string
  readonly done?: string
  /** Its column in the output of `run`; none where it is not shown. */
  readonly runColumn?: string
  /** Its column in the output of `status`; none where it is not shown. */
  readonly statusColumn?: string
  /** Its attribute in the ledger as former versions wrote it. */
  readonly formerly?: string
}

const count = { unit: 'Count', statistic: 'Sum' } as const

/** What stream-aggregate tells of a batch. */
export const batchFigures = {
  /** Events that were taken, delivered again or not. */
  events: { ...count, graph: 'events' },
  /** Records that were refused. */
  rejects: { ...count, graph: 'events' },
  /** Minute rows that were put. */
  minuteRowsWritten: { ...count, graph: 'rows' },
  /** Puts whose condition failed; each one cost a write. */
  conditionFailures: { ...count, graph: 'conditions' },
  /** 1 for each batch that was handed back to be delivered again. */
  batchesFailed: count,
} as const satisfies Record<string, Figure>

/** What work on a unit comes to. These add up: to a run's, and to those of several runs. */
export const workFigures = {
  /** Hours that were folded into parts. */
  foldedHours: {
    ...count,
    graph: 'units',
    one: 'hour',
    many: 'hours',
    done: 'folded',
    runColumn: 'foldedHours',
    statusColumn: 'hours',
  },
  /** Days, weeks and months that were merged. */
  mergedPeriods: {
    ...count,
    graph: 'units',
    one: 'day, week or month',
    many: 'days, weeks and months',
    done: 'merged',
    runColumn: 'mergedPeriods',
    statusColumn: 'periods',
  },
  /** Rollup rows that were put or deleted. */
  rollupRowsWritten: {
    ...count,
    graph: 'rows',
    one: 'row',
    many: 'rows',
    done: 'written',
    runColumn: 'rollupRowsWritten',
    statusColumn: 'rowsWritten',
    formerly: 'writtenRows',
  },
  /** Events that history held more than once. */
  duplicatesDropped: {
    ...count,
    graph: 'duplicatesAndVerify',
    one: 'duplicate',
    many: 'duplicates',
    done: 'dropped',
    runColumn: 'duplicatesDropped',
    statusColumn: 'duplicatesDropped',
    formerly: 'droppedDuplicates',
  },
  /** Lines of history that the definition of today refuses: no row counts them any more. */
  refusedLines: {
    ...count,
    graph: 'refusedLines',
    one: 'line',
    many: 'lines',
    done: 'of history left out',
    runColumn: 'unreadableLines',
    formerly: 'unreadableLines',
  },
} as const satisfies Record<string, Figure>

/** What the ledger, the log and the commands say of a run. */
export const runFigures = {
  ...workFigures,
  /** Units that could have been worked on but for the time. */
  backlogUnits: { statusColumn: 'unitsLeft', formerly: 'leftUnits' },
} as const satisfies Record<string, Figure>

export type BatchFigures = FiguresOf<typeof batchFigures>
export type WorkFigures = FiguresOf<typeof workFigures>
export type RunFigures = FiguresOf<typeof runFigures>

type FiguresOf<Table> = { readonly [Name in keyof Table]: number }

/** The names in a table of figures, in its order. */
export function figureNames<Table extends object>(table: Table): (keyof Table & string)[] {
  return Object.keys(table) as (keyof Table & string)[]
}

/** The figures of no work at all, with some others in place of zeros. */
export function noFigures(others: Partial<WorkFigures> = {}): WorkFigures {
  const zeros = figureNames(workFigures).map((name) => [name, 0])
  return { ...(Object.fromEntries(zeros) as WorkFigures), ...others }
}

/** What the work of both comes to. */
export function sumFigures(a: WorkFigures, b: WorkFigures): WorkFigures {
  const sums = figureNames(workFigures).map((name) => [name, a[name] + b[name]])
  return Object.fromEntries(sums) as WorkFigures
}
