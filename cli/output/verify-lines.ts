import { type Aggregation, minuteName } from '../../lib/core/index.ts'
import { type Cell, keyCells } from '../../lib/query/result-row.ts'
import type { VerifiedHour } from '../../lib/verify/compare-hour.ts'
import type { Difference } from '../../lib/verify/difference.ts'
import { type Cells, textCell } from './cells.ts'

export interface VerifyLineOptions {
  /** Leave out what is explained. */
  readonly unexplainedOnly: boolean
  /** What stands for no explanation; null is for programs. */
  readonly noExplanation: string | null
}

/**
 * A line for each measure that differs, in order of time; a column for each key field of any
 * aggregation.
 */
export function* verifyLines(
  aggregations: readonly Aggregation[],
  { differences }: VerifiedHour,
  { unexplainedOnly, noExplanation }: VerifyLineOptions,
): Generator<Cells> {
  const keyFields = new Set(
    aggregations.flatMap(({ keyFields: fields }) => fields.map(({ name }) => name)),
  )
  for (const { aggregation, key, minuteMs, measures, explanation } of inOrder(differences)) {
    if (unexplainedOnly && explanation !== undefined) continue
    const cells = keyCells(aggregation, key)
    const keyed = [...keyFields].map(
      (name) => cells.find((cell) => cell.name === name) ?? textCell(name, null),
    )
    for (const { name, minutes, history } of measures) {
      const unit = `${aggregation.name}#${name}`
      const kind = presentationOf(aggregation, name)
      yield [
        textCell('aggregation', aggregation.name),
        textCell('minute', minuteName(minuteMs)),
        ...keyed,
        textCell('measure', name),
        { name: 'fromMinutes', kind, value: minutes, unit },
        { name: 'fromHistory', kind, value: history, unit },
        textCell('explanation', explanation ?? noExplanation),
      ]
    }
  }
}

function presentationOf({ measures }: Aggregation, measure: string): Cell['kind'] {
  return measures.find(({ name }) => name === measure)?.measure.presentation.kind ?? 'text'
}

function inOrder(differences: readonly Difference[]): Difference[] {
  const names = (one: Difference) => `${one.aggregation.name}#${one.key}`
  return differences.toSorted((a, b) => a.minuteMs - b.minuteMs || (names(a) < names(b) ? -1 : 1))
}
