import { formatUnits, type Units } from '../decimal.ts'
import type { FieldsOf } from '../fields/index.ts'
import type { Measure, MeasureSpec } from './measure.ts'
import { fieldsOf, type NumberSource, numberReader } from './number-source.ts'
import { unitsFromStore } from './units-from-store.ts'

/** The least value of a numeric field, or of a product of fields; null where none had one. */
export function min<FieldName extends string>(
  source: NumberSource<FieldName>,
): MeasureSpec<FieldName> {
  return extreme('min', source, (a, b) => (a < b ? a : b))
}

/** The greatest value of a numeric field, or of a product of fields; null where none had one. */
export function max<FieldName extends string>(
  source: NumberSource<FieldName>,
): MeasureSpec<FieldName> {
  return extreme('max', source, (a, b) => (a > b ? a : b))
}

type Pick = (a: Units, b: Units) => Units

function extreme<FieldName extends string>(
  kind: string,
  source: NumberSource<FieldName>,
  pick: Pick,
): MeasureSpec<FieldName> {
  const names = fieldsOf(source)
  return { kind, fields: names, bind: (fields) => bind(names, fields, pick) }
}

function bind(names: readonly string[], fields: FieldsOf, pick: Pick): Measure<Units | null> {
  const { scale, read } = numberReader(names, fields)
  const merge = (a: Units | null, b: Units | null) => (a === null ? b : b === null ? a : pick(a, b))
  const text = (state: Units | null) => (state === null ? undefined : formatUnits(state, scale))
  return {
    zero: null,
    prepare: (event) => read(event) ?? null,
    merge,
    add: (state, event) => merge(state, read(event) ?? null),
    suffixes: [''],
    encode: (state) => [text(state)],
    decode: ([stored]) => (stored === undefined ? null : unitsFromStore(stored, scale)),
    present: (state) => text(state) ?? null,
    rank: (state) => state,
  }
}
