import { formatUnits, type Units } from '../decimal.ts'
import type { FieldsOf, FieldUse, FieldValue, Parameters } from '../fields/index.ts'
import { type Codec, pairCodec } from './codec.ts'

/** One event's decoded values, by field name. */
export type EventValues = Readonly<Record<string, FieldValue>>

/** What readers see of a state. */
export interface Presentation<State> {
  readonly kind: 'number' | 'text'
  /** Null where no event had a value; an exact decimal where the kind is `number`. */
  present(state: State): string | null
  /** What leaderboards order by, in units of 10^-scale; null comes last. */
  rank(state: State): Units | null
  readonly scale: number
}

/**
 * A mergeable aggregate: a commutative monoid, a codec and a presentation. `zero` and `merge` are
 * the monoid over states, `prepare` makes the state of one event, and `add(state, event)` equals
 * `merge(state, prepare(event))`, only faster. What is stored is a state; what a reader sees is made
 * from it when it is read. No state is changed in place.
 *
 * The shape (prepare, monoid, present) is that of Twitter's Algebird, `Aggregator`.
 */
export interface Measure<State = unknown> {
  readonly zero: State
  prepare(event: EventValues): State
  merge(a: State, b: State): State
  add(state: State, event: EventValues): State
  readonly codec: Codec<State>
  readonly presentation: Presentation<State>
  /** Absent where a state is more than such numbers. */
  readonly accumulation?: Accumulation<State>
}

/**
 * A number that an engine keeps of the events of a state: how many there are, or how many have a value,
 * the sum of the values, or the least or greatest. A value is a product of numeric fields.
 */
export interface Accumulator {
  readonly kind: 'count' | 'countOf' | 'sum' | 'min' | 'max'
  readonly factors: readonly string[]
}

/** How a state comes of accumulators. */
export interface Accumulation<State> {
  readonly accumulators: readonly Accumulator[]
  /** One number for each; null for an extreme of no value. */
  stateOf(numbers: readonly (Units | null)[]): State
  /** There is but one, and that is what the measure presents. */
  readonly isShown: boolean
}

/** A field that a measure reads, and what as. */
export interface Reads<Name extends string = string, Use extends FieldUse = FieldUse> {
  readonly field: Name
  readonly as: Use
}

/** What a measure may know of the events before it sees one. */
export interface EventShape {
  readonly fields: FieldsOf
  /** The names of the fields that are an event's id and its time. */
  readonly id: string
  readonly time: string
}

/** A measure as declared: it learns its fields' scales when the definition is made. */
export interface MeasureSpec<Read extends Reads = Reads> {
  /** The name of the measure's constructor, such as `sum`. */
  readonly kind: string
  /** Besides the event's id and time, which every measure may read. */
  readonly reads: readonly Read[]
  /** All that states depend on besides the fields, such as a size. */
  readonly parameters?: Parameters
  bind(event: EventShape): Measure
}

/** An exact number of `scale` decimals. */
export function asNumber<State>(
  scale: number,
  unitsOf: (state: State) => Units | null,
): Presentation<State> {
  return {
    kind: 'number',
    scale,
    present(state) {
      const units = unitsOf(state)
      return units === null ? null : formatUnits(units, scale)
    },
    rank: unitsOf,
  }
}

/** A text, by which no leaderboard is ordered. */
export function asText<State>(present: (state: State) => string | null): Presentation<State> {
  return { kind: 'text', scale: 0, present, rank: () => null }
}

/** The same measure, shown otherwise. */
export function mapPresent<State>(
  measure: Measure<State>,
  presentation: Presentation<State>,
): Measure<State> {
  const { accumulation, ...others } = measure
  if (accumulation === undefined) return { ...others, presentation }
  return { ...others, presentation, accumulation: { ...accumulation, isShown: false } }
}

/** Both measures as one, each stored under its suffix; shown as the first is. */
export function pair<A, B>(
  [suffixA, a]: readonly [suffix: string, measure: Measure<A>],
  [suffixB, b]: readonly [suffix: string, measure: Measure<B>],
): Measure<readonly [A, B]> {
  const { kind, scale, present, rank } = a.presentation
  return {
    zero: [a.zero, b.zero],
    prepare: (event) => [a.prepare(event), b.prepare(event)],
    merge: (one, other) => [a.merge(one[0], other[0]), b.merge(one[1], other[1])],
    add: (state, event) => [a.add(state[0], event), b.add(state[1], event)],
    codec: pairCodec([suffixA, a.codec], [suffixB, b.codec]),
    ...bothAccumulations(a.accumulation, b.accumulation),
    presentation: {
      kind,
      scale,
      present: (state) => present(state[0]),
      rank: (state) => rank(state[0]),
    },
  }
}

function bothAccumulations<A, B>(
  a: Accumulation<A> | undefined,
  b: Accumulation<B> | undefined,
): Pick<Measure<readonly [A, B]>, 'accumulation'> {
  if (a === undefined || b === undefined) return {}
  const ofA = a.accumulators.length
  return {
    accumulation: {
      accumulators: [...a.accumulators, ...b.accumulators],
      isShown: false,
      stateOf: (numbers) => [a.stateOf(numbers.slice(0, ofA)), b.stateOf(numbers.slice(ofA))],
    },
  }
}
