import {
  type Aggregation,
  type DecodedEvent,
  type Definition,
  keyMinute,
  keyOf,
  minuteStart,
} from '../core/index.ts'

/** One text for each (aggregation, key, minute). */
export function rowId(aggregation: Aggregation, key: string, minuteMs: number): string {
  return `${aggregation.name}#${keyMinute(key, minuteMs)}`
}

/** The rows that an event counts in, one per aggregation. */
export function rowIdsOf({ aggregations }: Definition, { values, timeMs }: DecodedEvent): string[] {
  return aggregations.map((aggregation) =>
    rowId(aggregation, keyOf(aggregation, values), minuteStart(timeMs)),
  )
}
