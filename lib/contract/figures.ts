/** How CloudWatch is told a figure: its name in PascalCase is the metric's. */
export interface MetricShape {
  readonly unit: 'Count' | 'Seconds'
  /** What becomes of several values in one stretch of time. */
  readonly statistic: 'Sum' | 'Minimum' | 'Maximum'
}

/** A figure that is no metric has no unit and no statistic. */
interface Figure extends Partial<MetricShape> {
  /** Its attribute in the ledger, as former versions wrote it. */
  readonly formerly?: string
}

type Figures = Readonly<Record<string, Figure>>

const count = { unit: 'Count', statistic: 'Sum' } as const

/** What stream-aggregate tells of a batch. */
export const batchFigures = {
  /** Events that were taken, delivered again or not. */
  events: count,
  /** Records that were refused. */
  rejects: count,
  /** Minute rows that were put. */
  minuteRowsWritten: count,
  /** Puts whose condition failed; each one cost a write. */
  conditionFailures: count,
  /** 1 for each batch that was handed back to be delivered again. */
  batchesFailed: count,
} as const satisfies Figures

/** What work on a unit comes to. These add up: to a run's, and to those of several runs. */
export const workFigures = {
  /** Hours that were folded into parts. */
  foldedHours: count,
  /** Days, weeks and months that were merged. */
  mergedPeriods: count,
  /** Rollup rows that were put or deleted. */
  rollupRowsWritten: { ...count, formerly: 'writtenRows' },
  /** Events that history held more than once. */
  duplicatesDropped: { ...count, formerly: 'droppedDuplicates' },
  /** Lines of history that the definition of today refuses: no row counts them any more. */
  refusedLines: { ...count, formerly: 'unreadableLines' },
} as const satisfies Figures

/** What the ledger, the log and the commands say of a run. */
export const runFigures = {
  ...workFigures,
  /** Units that could have been worked on but for the time. */
  backlogUnits: { formerly: 'leftUnits' },
} as const satisfies Figures

export type BatchFigures = FiguresOf<typeof batchFigures>
export type WorkFigures = FiguresOf<typeof workFigures>
export type RunFigures = FiguresOf<typeof runFigures>

type FiguresOf<Table> = { readonly [Name in keyof Table]: number }

/** The graphs of the dashboard for what the functions tell. */
export type Graph =
  | 'oldestChange'
  | 'runs'
  | 'duplicatesAndVerify'
  | 'refusedLines'
  | 'events'
  | 'units'
  | 'rows'
  | 'conditions'

/** Beside the figures, since the functions need none of it: where each is drawn. */
export const figureGraphs = {
  events: 'events',
  rejects: 'events',
  minuteRowsWritten: 'rows',
  conditionFailures: 'conditions',
  /** Part of another metric, that of all failures. */
  batchesFailed: undefined,
  foldedHours: 'units',
  mergedPeriods: 'units',
  rollupRowsWritten: 'rows',
  duplicatesDropped: 'duplicatesAndVerify',
  refusedLines: 'refusedLines',
} as const satisfies Readonly<Record<keyof (BatchFigures & WorkFigures), Graph | undefined>>

/** How commands say a figure. */
interface FigureText {
  /** As in `1 hour folded` and `2 hours folded`. */
  readonly one: string
  readonly many: string
  readonly done: string
  /** Its column in the output of `run` since ever; none where it is not shown. */
  readonly runColumn?: string
  /** Its column in the output of `status` since ever; none where it is not shown. */
  readonly statusColumn?: string
}

/** Beside the figures as well: their words. */
export const figureTexts = {
  foldedHours: {
    one: 'hour',
    many: 'hours',
    done: 'folded',
    runColumn: 'foldedHours',
    statusColumn: 'hours',
  },
  mergedPeriods: {
    one: 'day, week or month',
    many: 'days, weeks and months',
    done: 'merged',
    runColumn: 'mergedPeriods',
    statusColumn: 'periods',
  },
  rollupRowsWritten: {
    one: 'row',
    many: 'rows',
    done: 'written',
    runColumn: 'rollupRowsWritten',
    statusColumn: 'rowsWritten',
  },
  duplicatesDropped: {
    one: 'duplicate',
    many: 'duplicates',
    done: 'dropped',
    runColumn: 'duplicatesDropped',
    statusColumn: 'duplicatesDropped',
  },
  refusedLines: {
    one: 'line',
    many: 'lines',
    done: 'of history left out',
    runColumn: 'unreadableLines',
  },
  backlogUnits: { one: 'unit', many: 'units', done: 'left', statusColumn: 'unitsLeft' },
} as const satisfies Readonly<Record<keyof RunFigures, FigureText>>

/** The names in a table of figures, in its order. */
export function figureNames<Table extends object>(table: Table): (keyof Table & string)[] {
  return Object.keys(table) as (keyof Table & string)[]
}

/** Those of a table's figures that stand among other fields. */
export function figuresIn<Table extends object, Of extends object>(
  table: Table,
  of: Of,
): Pick<Of, keyof Table & keyof Of> {
  const found = Object.entries(of).filter(([name]) => name in table)
  return Object.fromEntries(found) as Pick<Of, keyof Table & keyof Of>
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
