import type { AggregationSpec } from './aggregation.ts'
import type { Field, Parameters } from './fields/index.ts'
import type { EventShape } from './measures/index.ts'

/**
 * All of a definition that stored states depend on, and nothing else, as data: limits and patterns
 * may change freely. It is stored as JSON beside the rows that were made with it.
 */
export interface DefinitionDescription {
  readonly version: number
  readonly id: FieldDescription
  readonly time: FieldDescription
  readonly aggregations: readonly AggregationDescription[]
}

export interface FieldDescription {
  readonly name: string
  readonly kind: string
  readonly parameters: Parameters
}

export interface MeasureDescription {
  readonly name: string
  readonly kind: string
  readonly fields: readonly FieldDescription[]
  readonly parameters: Parameters
}

export interface AggregationDescription {
  readonly name: string
  readonly key: readonly FieldDescription[]
  readonly measures: readonly MeasureDescription[]
  readonly rankBy: string | null
}

export function describeDefinition(
  version: number,
  { fields, id, time }: EventShape,
  specs: readonly (readonly [name: string, spec: AggregationSpec])[],
): DefinitionDescription {
  const describe = (name: string): FieldDescription => {
    const { kind, parameters } = fields[name] as Field
    return { name, kind, parameters }
  }
  return {
    version,
    id: describe(id),
    time: describe(time),
    aggregations: specs.map(([name, { key, measures, rankBy }]) => ({
      name,
      key: key.map(describe),
      measures: Object.entries(measures).map(([measure, { kind, reads, parameters = {} }]) => {
        return {
          name: measure,
          kind,
          fields: reads.map(({ field }) => describe(field)),
          parameters,
        }
      }),
      rankBy: rankBy ?? null,
    })),
  }
}
