import { formatUnits, type Units } from './decimal.ts'
import type { Field, FieldKind, FieldsOf } from './fields/index.ts'
import { encodeKey } from './key.ts'
import type { EventValues, Measure, MeasureSpec } from './measures/index.ts'

export interface KeyField {
  readonly name: string
  readonly kind: FieldKind
  readonly scale: number
}

/** An aggregation with its fields looked up and its measures bound to their scales. */
export interface Aggregation {
  readonly name: string
  readonly keyFields: readonly KeyField[]
  /** Their kinds are the names of the constructors, such as `sum`. */
  readonly measures: readonly {
    readonly name: string
    readonly kind: string
    readonly measure: Measure
  }[]
  /** The place of the measure that leaderboards order by, if any. */
  readonly rankBy: number | undefined
  /** The names that a state is stored under, in the order of `encodeState`. */
  readonly attributes: readonly string[]
}

/** One state per measure, in the order of the aggregation's measures. Never changed in place. */
export type State = readonly unknown[]

/** What `encodeState` makes: one exact decimal text per attribute, undefined where none. */
export type EncodedState = readonly (string | undefined)[]

export interface AggregationSpec {
  readonly key: readonly string[]
  readonly measures: Readonly<Record<string, MeasureSpec>>
  readonly rankBy?: string | undefined
}

export function bindAggregation(
  name: string,
  spec: AggregationSpec,
  fields: FieldsOf,
): Aggregation {
  const measures = Object.entries(spec.measures).map(([measureName, measureSpec]) => ({
    name: measureName,
    kind: measureSpec.kind,
    measure: measureSpec.bind(fields),
  }))
  const rankBy = measures.findIndex((measure) => measure.name === spec.rankBy)
  return {
    name,
    keyFields: spec.key.map((keyName) => {
      const { kind, scale } = fields[keyName] as Field
      return { name: keyName, kind, scale }
    }),
    measures,
    rankBy: rankBy < 0 ? undefined : rankBy,
    attributes: measures.flatMap(({ name: measureName, measure }) =>
      measure.suffixes.map((suffix) => measureName + suffix),
    ),
  }
}

export function keyOf(aggregation: Aggregation, event: EventValues): string {
  return encodeKey(
    aggregation.keyFields.map(({ name, scale }) => {
      const value = event[name]
      return typeof value === 'number' ? formatUnits(value, scale) : value
    }),
  )
}

export function zeroState(aggregation: Aggregation): State {
  return aggregation.measures.map(({ measure }) => measure.zero)
}

export function addEvent(aggregation: Aggregation, state: State, event: EventValues): State {
  return aggregation.measures.map(({ measure }, index) => measure.add(state[index], event))
}

export function mergeStates(aggregation: Aggregation, a: State, b: State): State {
  return aggregation.measures.map(({ measure }, index) => measure.merge(a[index], b[index]))
}

export function encodeState(aggregation: Aggregation, state: State): EncodedState {
  return aggregation.measures.flatMap(({ measure }, index) => measure.encode(state[index]))
}

/** Undoes `encodeState`. Throws where the texts are not those of this aggregation's states. */
export function decodeState(aggregation: Aggregation, encoded: EncodedState): State {
  let at = 0
  return aggregation.measures.map(({ measure }) => {
    const from = at
    at += measure.suffixes.length
    return measure.decode(encoded.slice(from, at))
  })
}

/** Each measure's name and the decimal text that readers see; null where it has no value. */
export function presentState(aggregation: Aggregation, state: State): [string, string | null][] {
  return aggregation.measures.map(({ name, measure }, index) => [
    name,
    measure.present(state[index]),
  ])
}

/** What the aggregation's leaderboards order a state by. */
export function rankOf(aggregation: Aggregation, state: State): Units | null {
  const { rankBy } = aggregation
  return rankBy === undefined
    ? null
    : (aggregation.measures[rankBy]?.measure.rank(state[rankBy]) ?? null)
}
