import {
  type Aggregation,
  decodeKey,
  type PresentedState,
  presentState,
  type State,
} from '../../lib/core/index.ts'
import type { OracleRow } from '../oracle/oracle.ts'
import type { Failure } from './failure.ts'

/** A period, and all that is to be compared. */
export type Text = readonly [period: string, text: string]

export function textOf(
  aggregation: Aggregation,
  period: string,
  key: string,
  state: State,
): string {
  return textOfCells(period, key, presentState(aggregation, state))
}

export function textOfCells(period: string, key: string, cells: PresentedState): string {
  const measures = cells.map(([name, text]) => {
    return `${name} ${plainText(text ?? 'none')}`
  })
  return [period, JSON.stringify(decodeKey(key)), ...measures].join(', ')
}

export function textsOf(rows: readonly OracleRow[]): Text[] {
  return rows.map((row) => {
    const { period, productId, currency, purchases, quantity, revenue, minPrice, maxPrice } = row
    const measures = Object.entries({ purchases, quantity, revenue, minPrice, maxPrice })
    const key = JSON.stringify([productId, currency])
    return [period, [period, key, ...measures.map(([name, text]) => `${name} ${text}`)].join(', ')]
  })
}

const maxShown = 5

/** What differs, whatever the order; undefined where nothing does. */
export function compare(
  what: string,
  actual: readonly Text[],
  expected: readonly Text[],
): Failure | undefined {
  const left = new Map<string, number>()
  for (const [, text] of expected) left.set(text, (left.get(text) ?? 0) + 1)
  for (const [, text] of actual) left.set(text, (left.get(text) ?? 0) - 1)
  const wrong = [...left].filter(([, times]) => times !== 0)
  if (wrong.length === 0) return undefined
  const shown = wrong.slice(0, maxShown).map(([text, times]) => {
    return `  ${times > 0 ? 'is missing' : 'should not be'}: ${text}`
  })
  const periods = [...expected, ...actual].filter(([, text]) => left.get(text) !== 0)
  return {
    message: `${wrong.length} ${what} are not as they should be:\n${shown.join('\n')}`,
    about: [...new Set(periods.flatMap(([period]) => [period, period.slice(0, 13)]))],
  }
}

/** Trailing zeros of a decimal tell the scale of its field and not its size. */
const plainText = (decimal: string) =>
  decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal
