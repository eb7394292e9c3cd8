import { readInteger, readText, type Table } from '../store/table.ts'

/** What one run of the rollup did. */
export interface RollupRun {
  readonly id: string
  readonly startedMs: number
  readonly endedMs: number
  readonly foldedHours: number
  readonly mergedPeriods: number
  readonly writtenRows: number
  readonly droppedDuplicates: number
  /** Lines of history that the definition of today refuses: no row counts them any more. */
  readonly unreadableLines: number
  /** Units that could have been worked on but for the time. */
  readonly leftUnits: number
}

/** The history of runs that found work: pk `run`, sk `<start>#<id>`. */
export interface RollupRuns {
  note(run: RollupRun): Promise<void>
  /** The newest first. */
  list(): AsyncIterable<RollupRun>
}

const figures = [
  'foldedHours',
  'mergedPeriods',
  'writtenRows',
  'droppedDuplicates',
  'unreadableLines',
  'leftUnits',
] as const

export function createRollupRuns(table: Table): RollupRuns {
  return {
    async note(run) {
      const started = new Date(run.startedMs).toISOString()
      await table.put({
        pk: { S: 'run' },
        sk: { S: `${started}#${run.id}` },
        endedAt: { S: new Date(run.endedMs).toISOString() },
        ...Object.fromEntries(figures.map((name) => [name, { N: String(run[name]) }])),
      })
    },

    async *list() {
      for await (const item of table.query('run', { descending: true })) {
        const [started = '', id = ''] = readText(item, 'sk').split('#')
        yield {
          id,
          startedMs: Date.parse(started),
          endedMs: Date.parse(readText(item, 'endedAt')),
          foldedHours: readInteger(item, 'foldedHours'),
          mergedPeriods: readInteger(item, 'mergedPeriods'),
          writtenRows: readInteger(item, 'writtenRows'),
          droppedDuplicates: readInteger(item, 'droppedDuplicates'),
          unreadableLines: readInteger(item, 'unreadableLines'),
          leftUnits: readInteger(item, 'leftUnits'),
        }
      }
    },
  }
}
