import { addUnits, divideUnits, multiplyUnits, type Units } from '../decimal.ts'
import { decimalCodec } from './codec.ts'
import {
  type Accumulator,
  asNumber,
  type EventValues,
  type Measure,
  type MeasureSpec,
  mapPresent,
  pair,
} from './measure.ts'
import {
  measureOf,
  type NumberReader,
  type NumberSource,
  type NumberSpec,
} from './number-source.ts'

/** How many events. */
export function count(): MeasureSpec<never> {
  return { kind: 'count', reads: [], bind: () => total(0, () => 1, { kind: 'count', factors: [] }) }
}

/** The exact sum of a numeric field, or of a product of fields; missing values add nothing. */
export function sum<FieldName extends string>(
  source: NumberSource<FieldName>,
): NumberSpec<FieldName> {
  return measureOf('sum', source, sumOf)
}

/** Decimals that a mean is shown with beyond those of its field. */
const extraScale = 6

/**
 * The mean of a numeric field, or of a product of fields, over the events that have a value. Sum
 * and count are stored; the quotient is made when read, rounded half to even, 6 decimals beyond
 * the field's own.
 */
export function mean<FieldName extends string>(
  source: NumberSource<FieldName>,
): NumberSpec<FieldName> {
  return measureOf('mean', source, (numbers) =>
    mapPresent(
      pair(['.sum', sumOf(numbers)], ['.count', countOf(numbers)]),
      asNumber(numbers.scale + extraScale, quotient),
    ),
  )
}

function quotient([sum, count]: readonly [Units, Units]): Units | null {
  return count === 0 ? null : divideUnits(multiplyUnits(sum, 10 ** extraScale), count)
}

function sumOf({ scale, factors, read }: NumberReader): Measure<Units> {
  return total(scale, (event) => read(event) ?? 0, { kind: 'sum', factors })
}

/** How many events have a value. */
function countOf({ factors, read }: NumberReader): Measure<Units> {
  const prepare = (event: EventValues) => (read(event) === undefined ? 0 : 1)
  return total(0, prepare, { kind: 'countOf', factors })
}

function total(
  scale: number,
  prepare: Measure<Units>['prepare'],
  accumulator: Accumulator,
): Measure<Units> {
  return {
    zero: 0,
    prepare,
    merge: addUnits,
    add: (state, event) => addUnits(state, prepare(event)),
    codec: decimalCodec(scale),
    presentation: asNumber(scale, (state) => state),
    accumulation: {
      accumulators: [accumulator],
      stateOf: ([number]) => number ?? 0,
      isShown: true,
    },
  }
}
