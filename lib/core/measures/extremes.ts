import type { Units } from '../decimal.ts'
import { decimalCodec, orNone } from './codec.ts'
import { asNumber, type Measure } from './measure.ts'
import {
  measureOf,
  type NumberReader,
  type NumberSource,
  type NumberSpec,
} from './number-source.ts'

/** The least value of a numeric field, or of a product of fields; null where none had one. */
export function min<FieldName extends string>(
  source: NumberSource<FieldName>,
): NumberSpec<FieldName> {
  return measureOf('min', source, (numbers) => extreme('min', numbers, (a, b) => (a < b ? a : b)))
}

/** The greatest value of a numeric field, or of a product of fields; null where none had one. */
export function max<FieldName extends string>(
  source: NumberSource<FieldName>,
): NumberSpec<FieldName> {
  return measureOf('max', source, (numbers) => extreme('max', numbers, (a, b) => (a > b ? a : b)))
}

type Pick = (a: Units, b: Units) => Units

function extreme(
  kind: 'min' | 'max',
  { scale, factors, read }: NumberReader,
  pick: Pick,
): Measure<Units | null> {
  const merge = (a: Units | null, b: Units | null) => (a === null ? b : b === null ? a : pick(a, b))
  return {
    zero: null,
    prepare: (event) => read(event) ?? null,
    merge,
    add: (state, event) => merge(state, read(event) ?? null),
    codec: orNone(decimalCodec(scale)),
    presentation: asNumber(scale, (state) => state),
    accumulation: {
      accumulators: [{ kind, factors }],
      stateOf: ([number = null]) => number,
      isShown: true,
    },
  }
}
