import { type Figure, figureNames, type RunFigures, runFigures } from '../contract/figures.ts'
import { instant, integer, keyOf, recordOf } from '../store/record.ts'
import type { Item, Table } from '../store/table.ts'

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

const pk = 'run'

function runsWith(figure: ReturnType<typeof integer>) {
  const figures = figureNames(runFigures).map((name) => [name, figure])
  return recordOf({
    endedMs: instant('endedAt'),
    ...(Object.fromEntries(figures) as { readonly [Name in keyof RunFigures]: typeof figure }),
  })
}

const written = runsWith(integer())

/** Former versions told fewer figures. */
const read = runsWith(integer({ otherwise: 0 }))

export function createRollupRuns(table: Table): RollupRuns {
  return {
    async note({ id, startedMs, ...run }) {
      const sk = `${new Date(startedMs).toISOString()}#${id}`
      await table.put(written.item({ pk, sk }, run))
    },

    async *list() {
      for await (const item of table.query(pk, { descending: true })) {
        const [started = '', id = ''] = keyOf(item).sk.split('#')
        yield { id, startedMs: Date.parse(started), ...read.read(underTodaysNames(item)) }
      }
    },
  }
}

/** Runs that former versions noted have some of the figures under other names. */
function underTodaysNames(item: Item): Item {
  const renamed = { ...item }
  for (const [name, { formerly }] of Object.entries<Figure>(runFigures)) {
    const former = formerly === undefined ? undefined : item[formerly]
    if (former !== undefined) renamed[name] ??= former
  }
  return renamed
}
