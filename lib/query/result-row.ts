import {
  type Aggregation,
  decodeKey,
  type Grain,
  type PresentedState,
  type Window,
} from '../core/index.ts'

/** Whether a period's totals can still change: `final` ones only through an event that is late. */
export type PeriodStatus = 'open' | 'final'

/** One value of a row: texts of key fields, exact decimals of measures, null where there is none. */
export interface Cell {
  readonly name: string
  /** `json` is the JSON text of something that is neither. */
  readonly kind: 'text' | 'number' | 'json'
  readonly value: string | null
  /** What a number is of, where a column holds numbers of several kinds. */
  readonly unit?: string
}

/** What a key comes to in a period. */
export interface TotalRow {
  readonly aggregation: string
  readonly grain: Grain
  readonly period: string
  readonly fromMs: number
  readonly toMs: number
  readonly key: readonly Cell[]
  readonly measures: readonly Cell[]
}

/** One row as readers see it. */
export interface ResultRow extends TotalRow {
  readonly status: PeriodStatus
}

export function resultRow(
  aggregation: Aggregation,
  window: Window,
  key: string,
  measures: PresentedState,
  status: PeriodStatus,
): ResultRow {
  return { ...totalRow(aggregation, window, key, measures), status }
}

export function totalRow(
  aggregation: Aggregation,
  window: Window,
  key: string,
  measures: PresentedState,
): TotalRow {
  return {
    aggregation: aggregation.name,
    grain: window.grain,
    period: window.name,
    fromMs: window.fromMs,
    toMs: window.toMs,
    key: keyCells(aggregation, key),
    measures: measures.map(([name, value], at) => {
      const kind = aggregation.measures[at]?.measure.presentation.kind ?? 'text'
      return { name, kind, value }
    }),
  }
}

/** The fields of a key with their values, in the order of the definition. */
export function keyCells(aggregation: Aggregation, key: string): Cell[] {
  const values = decodeKey(key)
  return aggregation.keyFields.map(({ name, isNumber }, at) => ({
    name,
    kind: isNumber ? 'number' : 'text',
    value: values[at] ?? null,
  }))
}
