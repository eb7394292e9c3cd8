import type { AggregationPlan, DefinitionPlan, FieldKind, FieldPlan } from './definition-plan.ts'

export const text = (minBytes: number, maxBytes: number, pattern?: RegExp): FieldKind => ({
  kind: 'string',
  minBytes,
  maxBytes,
  pattern,
})
export const whole = (min?: number, max?: number): FieldKind => ({
  kind: 'integer',
  scale: 0,
  min,
  max,
})
export const decimals = (scale: number, min?: number, max?: number): FieldKind => ({
  kind: 'decimal',
  scale,
  min,
  max,
})
export const choice = (...choices: readonly string[]): FieldKind => ({ kind: 'oneOf', choices })
export const rfc3339: FieldKind = { kind: 'timestamp', format: 'rfc3339' }
export const epochSeconds: FieldKind = { kind: 'timestamp', format: 'epochSeconds' }
export const epochMilliseconds: FieldKind = { kind: 'timestamp', format: 'epochMilliseconds' }

type Fields = Readonly<Record<string, FieldKind>>

/** Fields whose names end with `?` are optional. The first is the id, the second the time. */
export function planOf(
  fields: Fields | readonly (readonly [string, FieldKind])[],
  aggregations: readonly AggregationPlan[],
  bounds: Partial<Pick<DefinitionPlan, 'earliest' | 'maxAheadMs'>> = {},
): DefinitionPlan {
  const entries = Array.isArray(fields) ? fields : Object.entries(fields as Fields)
  const plans = entries.map(([name, kind]): FieldPlan => {
    const optional = name.endsWith('?')
    return { name: optional ? name.slice(0, -1) : name, optional, ...kind }
  })
  const [id, time] = plans as [FieldPlan, FieldPlan]
  const earliest = '0001-01-01T00:00:00Z'
  return {
    fields: plans,
    id: id.name,
    time: time.name,
    earliest,
    maxAheadMs: 1000,
    aggregations,
    ...bounds,
  }
}
