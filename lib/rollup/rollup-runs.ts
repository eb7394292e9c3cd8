import { type Figure, figureNames, type RunFigures, runFigures } from '../contract/figures.ts'
import { type Item, readInteger, readText, type Table } from '../store/table.ts'

/** What one run of the rollup did. */
export interface RollupRun extends RunFigures {
  readonly id: string
  readonly startedMs: number
  readonly endedMs: number
}

/** The history of runs that found work: pk `run`, sk `<start>#<id>`. */
export interface RollupRuns {
  note(run: RollupRun): Promise<void>
  /** The newest first. */
  list(): AsyncIterable<RollupRun>
}

export function createRollupRuns(table: Table): RollupRuns {
  return {
    async note(run) {
      const started = new Date(run.startedMs).toISOString()
      await table.put({
        pk: { S: 'run' },
        sk: { S: `${started}#${run.id}` },
        endedAt: { S: new Date(run.endedMs).toISOString() },
        ...Object.fromEntries(
          figureNames(runFigures).map((name) => [name, { N: String(run[name]) }]),
        ),
      })
    },

    async *list() {
      for await (const item of table.query('run', { descending: true })) {
        const [started = '', id = ''] = readText(item, 'sk').split('#')
        yield {
          id,
          startedMs: Date.parse(started),
          endedMs: Date.parse(readText(item, 'endedAt')),
          ...figuresOf(item),
        }
      }
    },
  }
}

/** Runs that former versions noted have some of the figures under other names. */
function figuresOf(item: Item): RunFigures {
  const figures = Object.entries<Figure>(runFigures).map(([name, { formerly = name }]) => [
    name,
    readInteger(item, item[name] === undefined ? formerly : name),
  ])
  return Object.fromEntries(figures) as RunFigures
}
