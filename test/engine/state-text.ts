import type { Aggregation, BatchTotal, Definition, MinuteTotal } from '../../lib/core/index.ts'

/** A state bit for bit: a number is not the bigint of the same value, nor is -0 the number 0. */
export function stateText(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : `${value}`
  if (typeof value === 'bigint') return `${value}n`
  if (Array.isArray(value)) return `[${value.map(stateText).join()}]`
  return value === null ? 'null' : `${typeof value} ${JSON.stringify(value)}`
}

/** All that a total says; -1 for an aggregation that is not the definition's own. */
export function totalText(definition: Definition, total: MinuteTotal | BatchTotal): string {
  const { aggregation, key, minuteMs, state } = total
  const last = 'lastLine' in total ? total.lastLine : ''
  return `${placeOf(definition, aggregation)} ${JSON.stringify(key)} ${stateText(minuteMs)} ${stateText(state)} ${last}`
}

const placeOf = ({ aggregations }: Definition, aggregation: Aggregation) =>
  aggregations.indexOf(aggregation)
