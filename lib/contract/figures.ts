/** A figure is a number of things. As a metric it has its name in PascalCase. */
export interface Figure {
  /** Its attribute in the ledger, as former versions wrote it. */
  readonly formerly?: string
}

type Figures = Readonly<Record<string, Figure>>

/** What stream-aggregate tells of a batch. */
export const batchFigures = {
  /** Events that were taken, delivered again or not. */
  events: {},
  /** Records that were refused. */
  rejects: {},
  /** Minute rows that were put. */
  minuteRowsWritten: {},
  /** Puts whose condition failed; each one cost a write. */
  conditionFailures: {},
  /** 1 for each batch that was handed back to be delivered again. */
  batchesFailed: {},
} as const satisfies Figures

/** What the ledger, the log and the commands say of a run. */
export const runFigures = {
  /** Hours that were folded into parts. */
  foldedHours: {},
  /** Days, weeks and months that were merged. */
  mergedPeriods: {},
  /** Rollup rows that were put or deleted. */
  rollupRowsWritten: { formerly: 'writtenRows' },
  /** Events that history held more than once. */
  duplicatesDropped: { formerly: 'droppedDuplicates' },
  /** Lines of history that the definition of today refuses: no row counts them any more. */
  refusedLines: { formerly: 'unreadableLines' },
  /** Units that could have been worked on but for the time. */
  backlogUnits: { formerly: 'leftUnits' },
} as const satisfies Figures

export type BatchFigures = FiguresOf<typeof batchFigures>
export type RunFigures = FiguresOf<typeof runFigures>
/** What work on a unit comes to. These add up: to a run's, and to those of several runs. */
export type WorkFigures = Omit<RunFigures, 'backlogUnits'>

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

/** Beside the figures as well: their words, in the order in which `run` tells them. */
export const figureTexts = {
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
  backlogUnits: { one: 'unit', many: 'units', done: 'left', statusColumn: 'unitsLeft' },
} as const satisfies Readonly<Record<keyof RunFigures, FigureText>>

/** The names in a table of figures, in its order. */
export function figureNames<Table extends object>(table: Table): (keyof Table & string)[] {
  return Object.keys(table) as (keyof Table & string)[]
}

export function workFigureNames(): (keyof WorkFigures)[] {
  return figureNames(runFigures).filter((name) => name !== 'backlogUnits')
}

/** The figures of no work at all, with some others in place of zeros. */
export function noFigures(others: Partial<WorkFigures> = {}): WorkFigures {
  const zeros = workFigureNames().map((name) => [name, 0])
  return { ...(Object.fromEntries(zeros) as WorkFigures), ...others }
}

/** What the work of both comes to. */
export function sumFigures(a: WorkFigures, b: WorkFigures): WorkFigures {
  const sums = workFigureNames().map((name) => [name, a[name] + b[name]])
  return Object.fromEntries(sums) as WorkFigures
}
