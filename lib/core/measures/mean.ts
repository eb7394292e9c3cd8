import { addUnits, divideUnits, formatUnits, multiplyUnits, type Units } from '../decimal.ts'
import type { FieldsOf } from '../fields/index.ts'
import type { Measure, MeasureSpec } from './measure.ts'
import { fieldsOf, type NumberSource, numberReader } from './number-source.ts'
import { unitsFromStore } from './units-from-store.ts'

/** Decimals that a mean is shown with beyond those of its field. */
const extraScale = 6

interface MeanState {
  readonly sum: Units
  readonly count: Units
}

/**
 * The mean of a numeric field, or of a product of fields, over the events that have a value. Sum
 * and count are stored; the quotient is made when read, rounded half to even, 6 decimals beyond
 * the field's own.
 */
export function mean<FieldName extends string>(
  source: NumberSource<FieldName>,
): MeasureSpec<FieldName> {
  const names = fieldsOf(source)
  return { kind: 'mean', fields: names, bind: (fields) => bind(names, fields) }
}

function bind(names: readonly string[], fields: FieldsOf): Measure<MeanState> {
  const { scale, read } = numberReader(names, fields)
  const zero: MeanState = { sum: 0, count: 0 }
  const prepare: Measure<MeanState>['prepare'] = (event) => {
    const value = read(event)
    return value === undefined ? zero : { sum: value, count: 1 }
  }
  const merge = (a: MeanState, b: MeanState): MeanState => ({
    sum: addUnits(a.sum, b.sum),
    count: addUnits(a.count, b.count),
  })
  const quotient = ({ sum, count }: MeanState) =>
    count === 0 ? null : divideUnits(multiplyUnits(sum, 10 ** extraScale), count)
  return {
    zero,
    prepare,
    merge,
    add: (state, event) => merge(state, prepare(event)),
    suffixes: ['.sum', '.count'],
    encode: ({ sum, count }) => [formatUnits(sum, scale), formatUnits(count, 0)],
    decode: ([sum, count]) => ({
      sum: unitsFromStore(sum, scale),
      count: unitsFromStore(count, 0),
    }),
    present(state) {
      const mean = quotient(state)
      return mean === null ? null : formatUnits(mean, scale + extraScale)
    },
    rank: quotient,
  }
}
