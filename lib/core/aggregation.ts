import { formatUnits } from './decimal.ts'
import { type Field, mayBe } from './fields/index.ts'
import { encodeKey } from './key.ts'
import {
  type EventShape,
  type EventValues,
  type Measure,
  type MeasureSpec,
  type StoredType,
  type StoredValue,
  sameStored,
} from './measures/index.ts'

export interface KeyField {
  readonly name: string
  readonly isNumber: boolean
  readonly scale: number
}

/** What one value of an encoded state is stored under, and as. */
export interface StateAttribute {
  readonly name: string
  readonly type: StoredType
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
  /** What a state is stored under, in the order of `encodeState`. */
  readonly attributes: readonly StateAttribute[]
}

/** One state per measure, in the order of the aggregation's measures. Never changed in place. */
export type State = readonly unknown[]

/** What `encodeState` makes: one value per attribute, undefined where none. */
export type EncodedState = readonly (StoredValue | undefined)[]

export interface AggregationSpec {
  readonly key: readonly string[]
  readonly measures: Readonly<Record<string, MeasureSpec>>
  readonly rankBy?: string | undefined
}

/** Throws a TypeError where `rankBy` names a measure that has no order. */
export function bindAggregation(
  name: string,
  spec: AggregationSpec,
  event: EventShape,
): Aggregation {
  const measures = Object.entries(spec.measures).map(([measureName, measureSpec]) => ({
    name: measureName,
    kind: measureSpec.kind,
    measure: measureSpec.bind(event),
  }))
  const rankBy = measures.findIndex((measure) => measure.name === spec.rankBy)
  if (measures[rankBy]?.measure.presentation.kind === 'text') {
    throw new TypeError(`${name}: rankBy names a measure of texts: ${spec.rankBy}`)
  }
  return {
    name,
    keyFields: spec.key.map((keyName) => {
      const field = event.fields[keyName] as Field
      return { name: keyName, isNumber: mayBe(field, 'number'), scale: field.scale }
    }),
    measures,
    rankBy: rankBy < 0 ? undefined : rankBy,
    attributes: measures.flatMap(({ name: measureName, measure }) =>
      measure.codec.parts.map(({ suffix, type }) => ({ name: measureName + suffix, type })),
    ),
  }
}

export function keyOf(aggregation: Aggregation, event: EventValues): string {
  return encodeKey(
    aggregation.keyFields.map(({ name, scale }) => {
      const value = event[name]
      return typeof value === 'number' ? formatUnits(value, scale) : value?.toString()
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
  return aggregation.measures.flatMap(({ measure }, index) => measure.codec.encode(state[index]))
}

/** Undoes `encodeState`. Throws where the values are not those of this aggregation's states. */
export function decodeState(aggregation: Aggregation, encoded: EncodedState): State {
  let at = 0
  return aggregation.measures.map(({ measure }) => {
    const from = at
    at += measure.codec.parts.length
    return measure.codec.decode(encoded.slice(from, at))
  })
}

/** Encodings are canonical, so equal states have equal values. */
export function sameState(a: EncodedState, b: EncodedState): boolean {
  return a.length === b.length && a.every((value, at) => sameStored(value, b[at]))
}

/** Each measure's name and the text that readers see; null where it has no value. */
export type PresentedState = readonly (readonly [name: string, text: string | null])[]

export function presentState(aggregation: Aggregation, state: State): PresentedState {
  return aggregation.measures.map(({ name, measure }, index) => [
    name,
    measure.presentation.present(state[index]),
  ])
}

/** What the aggregation's leaderboards order by; undefined where it has none. */
export function rankingMeasure({ measures, rankBy }: Aggregation): Measure | undefined {
  return rankBy === undefined ? undefined : measures[rankBy]?.measure
}
