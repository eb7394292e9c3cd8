import { defaultGraceMs } from '../../lib/contract/defaults.ts'
import type { Definition } from '../../lib/core/index.ts'
import { exportRows } from '../../lib/query/export-rows.ts'
import { createReader } from '../../lib/query/reader.ts'
import type { LocalPipeline } from '../../local/pipeline.ts'
import type { ExpectedGrain, ExpectedTotals } from './expected-totals.ts'

export interface GrainComparison {
  readonly grain: ExpectedGrain
  readonly rows: number
  readonly differences: number
  /** The first few, each with what was expected and what is there. */
  readonly examples: readonly string[]
}

const grains: readonly ExpectedGrain[] = ['minute', 'day', 'week', 'month']
const shownExamples = 3

/** Compares every row that readers get with what it must be. */
export async function compareRows(
  definition: Definition,
  pipeline: LocalPipeline,
  expected: ExpectedTotals,
): Promise<GrainComparison[]> {
  const comparisons: GrainComparison[] = []
  for (const grain of grains) {
    comparisons.push(
      compare(grain, expected.rows(grain), await rowsOf(definition, pipeline, grain)),
    )
  }
  return comparisons
}

/** Rows as texts, in the form of `ExpectedTotals.rows`. */
async function rowsOf(
  definition: Definition,
  pipeline: LocalPipeline,
  grain: ExpectedGrain,
): Promise<Map<string, string>> {
  const [aggregation] = definition.aggregations
  if (aggregation === undefined) throw new Error('The pipeline has no aggregation')
  const { stores, timeZone } = pipeline
  const data = { stores, timeZone, graceMs: defaultGraceMs }
  const reader = createReader(data, aggregation, Date.now())
  const rows = new Map<string, string>()
  for await (const row of exportRows(reader, grain, undefined)) {
    const place = [row.period, ...row.key.map(({ value }) => value)].join(' ')
    rows.set(place, row.measures.map(({ value }) => value).join(' '))
  }
  return rows
}

export function compare(
  grain: ExpectedGrain,
  expected: ReadonlyMap<string, string>,
  actual: ReadonlyMap<string, string>,
): GrainComparison {
  const places = new Set([...expected.keys(), ...actual.keys()])
  const differing = [...places].filter((place) => expected.get(place) !== actual.get(place))
  const examples = differing
    .slice(0, shownExamples)
    .map((place) => `${place}: expected ${expected.get(place)}, found ${actual.get(place)}`)
  return { grain, rows: actual.size, differences: differing.length, examples }
}
