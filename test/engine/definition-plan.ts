import type { TimestampFormat } from '../../lib/core/fields/timestamp.ts'
import {
  count,
  type Definition,
  decimal,
  definePipeline,
  type Field,
  integer,
  max,
  mean,
  min,
  oneOf,
  optional,
  string,
  sum,
  times,
  timestamp,
} from '../../lib/core/index.ts'

/** A field as data, so that a failing test prints what it is about. */
export type FieldPlan = { readonly name: string; readonly optional: boolean } & FieldKind

export type FieldKind =
  | TextKind
  | { readonly kind: 'oneOf'; readonly choices: readonly string[] }
  | NumberKind
  | { readonly kind: 'timestamp'; readonly format: TimestampFormat }

export interface TextKind {
  readonly kind: 'string'
  readonly minBytes: number
  readonly maxBytes: number
  readonly pattern: RegExp | undefined
}

export interface NumberKind {
  readonly kind: 'integer' | 'decimal'
  readonly scale: number
  readonly min: number | undefined
  readonly max: number | undefined
}

export interface MeasurePlan {
  readonly kind: 'count' | 'sum' | 'min' | 'max' | 'mean'
  /** One, or several for their product; `count` reads none. */
  readonly fields: readonly string[]
}

export interface AggregationPlan {
  readonly key: readonly string[]
  readonly measures: readonly MeasurePlan[]
}

/** A definition as data. */
export interface DefinitionPlan {
  readonly fields: readonly FieldPlan[]
  readonly id: string
  readonly time: string
  readonly earliest: string
  readonly maxAheadMs: number
  readonly aggregations: readonly AggregationPlan[]
}

/** Throws where `definePipeline` does. */
export function definitionOf(plan: DefinitionPlan): Definition {
  const { fields, id, time, earliest, maxAheadMs, aggregations } = plan
  const spec = {
    timeZone: 'UTC',
    event: Object.fromEntries(fields.map((field) => [field.name, fieldOf(field)])),
    id,
    time,
    earliest,
    maxAheadMs,
    aggregations: Object.fromEntries(
      aggregations.map(({ key, measures }, at) => [
        `aggregation-${at}`,
        {
          key,
          measures: Object.fromEntries(measures.map((one, place) => [`m${place}`, measureOf(one)])),
        },
      ]),
    ),
  }
  // The types know the names of fields only where they are written down.
  return definePipeline(spec as never) as Definition
}

function fieldOf(plan: FieldPlan): Field {
  const field = requiredField(plan)
  return plan.optional ? optional(field) : field
}

function requiredField(plan: FieldPlan): Field<string | number, never, false> {
  switch (plan.kind) {
    case 'string': {
      const { minBytes, maxBytes, pattern } = plan
      return string(pattern ? { minBytes, maxBytes, pattern } : { minBytes, maxBytes })
    }
    case 'oneOf':
      return oneOf(...(plan.choices as [string, ...string[]]))
    case 'integer':
      return integer(boundsOf(plan))
    case 'decimal':
      return decimal({ scale: plan.scale, ...boundsOf(plan) })
    case 'timestamp':
      return timestamp({ format: plan.format })
  }
}

function boundsOf({ min: least, max: most }: NumberKind) {
  return {
    ...(least === undefined ? {} : { min: least }),
    ...(most === undefined ? {} : { max: most }),
  }
}

const ofNumbers = { sum, min, max, mean }

function measureOf({ kind, fields }: MeasurePlan) {
  if (kind === 'count') return count()
  const [first = '', second, ...rest] = fields
  return ofNumbers[kind](second === undefined ? first : times(first, second, ...rest))
}
