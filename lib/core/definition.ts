import { type Aggregation, type AggregationSpec, bindAggregation } from './aggregation.ts'
import { checkDefinition } from './check-definition.ts'
import { describeDefinition } from './describe-definition.ts'
import {
  type EventOf,
  type FieldNames,
  type FieldsOf,
  type FieldUse,
  timestamp,
} from './fields/index.ts'
import type { MeasureSpec, Reads } from './measures/index.ts'
import { checkTimeZone } from './windows/index.ts'

/** Every field that a measure may name, with each use that it allows. */
type ReadsOf<Fields extends FieldsOf> = {
  [Use in FieldUse]: Reads<FieldNames<Fields, Use>, Use>
}[FieldUse]

type MeasuresOf<Fields extends FieldsOf> = Readonly<Record<string, MeasureSpec<ReadsOf<Fields>>>>

/** What `pipeline.config.ts` declares. */
export interface DefinitionSpec<
  Fields extends FieldsOf,
  Measures extends Readonly<Record<string, MeasuresOf<Fields>>>,
> {
  /** The IANA zone whose days, weeks and months the rollups follow. */
  readonly timeZone: string
  /** Raised whenever keys or measures change, so that new rows are built beside the old. */
  readonly version?: number
  readonly event: Fields
  /** The field that is unique to an event: history counts each id once within an hour. */
  readonly id: FieldNames<Fields, 'id', false>
  /** The field that says when the event took place, which alone decides its windows. */
  readonly time: FieldNames<Fields, 'time', false>
  /** Events dated before this instant (RFC 3339) are refused; 2000-01-01T00:00:00Z unless told. */
  readonly earliest?: string
  /** Events dated further ahead of the clock than this are refused; one hour unless told. */
  readonly maxAheadMs?: number
  readonly aggregations: {
    readonly [Name in keyof Measures]: {
      readonly key: readonly [FieldNames<Fields, 'key'>, ...FieldNames<Fields, 'key'>[]]
      readonly measures: Measures[Name]
      /** The measure that leaderboards order by, greatest first. */
      readonly rankBy?: keyof Measures[Name] & string
    }
  }
}

/** A checked definition, ready to fold with. */
export interface Definition<Fields extends FieldsOf = FieldsOf> {
  readonly timeZone: string
  readonly version: number
  readonly event: Fields
  readonly id: string
  readonly time: string
  readonly earliestMs: number
  readonly maxAheadMs: number
  readonly aggregations: readonly Aggregation[]
  /** Tells two definitions apart whose stored states don't mix: a DefinitionDescription as JSON. */
  readonly fingerprint: string
}

/** The type of the events that a pipeline takes. */
export type PipelineEvent<P> = P extends Definition<infer Fields> ? EventOf<Fields> : never

/** Throws a TypeError that names the part at fault, or UnknownTimeZone. */
export function definePipeline<
  const Fields extends FieldsOf,
  const Measures extends Readonly<Record<string, MeasuresOf<Fields>>>,
>(definition: DefinitionSpec<Fields, Measures>): Definition<Fields> {
  const { timeZone, version = 1, event, id, time, maxAheadMs = 3_600_000 } = definition
  checkDefinition(definition)
  checkTimeZone(timeZone)
  const earliestMs = timestamp().decode(definition.earliest ?? '2000-01-01T00:00:00Z')
  if (typeof earliestMs !== 'number') throw new TypeError(`earliest ${earliestMs.message}`)
  const specs: [string, AggregationSpec][] = Object.entries(definition.aggregations)
  return {
    timeZone,
    version,
    event,
    id,
    time,
    earliestMs,
    maxAheadMs,
    aggregations: specs.map(([name, spec]) => {
      return bindAggregation(name, spec, { fields: event, id, time })
    }),
    fingerprint: JSON.stringify(describeDefinition(version, { fields: event, id, time }, specs)),
  }
}
