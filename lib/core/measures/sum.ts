import { addUnits, formatUnits, type Units } from '../decimal.ts'
import type { FieldsOf } from '../fields/index.ts'
import type { Measure, MeasureSpec } from './measure.ts'
import { fieldsOf, type NumberSource, numberReader } from './number-source.ts'
import { unitsFromStore } from './units-from-store.ts'

/** The exact sum of a numeric field, or of a product of fields; missing values add nothing. */
export function sum<FieldName extends string>(
  source: NumberSource<FieldName>,
): MeasureSpec<FieldName> {
  const names = fieldsOf(source)
  return { kind: 'sum', fields: names, bind: (fields) => bind(names, fields) }
}

function bind(names: readonly string[], fields: FieldsOf): Measure<Units> {
  const { scale, read } = numberReader(names, fields)
  return {
    zero: 0,
    prepare: (event) => read(event) ?? 0,
    merge: addUnits,
    add: (state, event) => addUnits(state, read(event) ?? 0),
    suffixes: [''],
    encode: (state) => [formatUnits(state, scale)],
    decode: ([text]) => unitsFromStore(text, scale),
    present: (state) => formatUnits(state, scale),
    rank: (state) => state,
  }
}
