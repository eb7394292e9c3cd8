import { addUnits, formatUnits, type Units } from '../decimal.ts'
import type { Measure, MeasureSpec } from './measure.ts'
import { unitsFromStore } from './units-from-store.ts'

/** How many events. */
export function count(): MeasureSpec<never> {
  return { kind: 'count', fields: [], bind: () => measure }
}

const measure: Measure<Units> = {
  zero: 0,
  prepare: () => 1,
  merge: addUnits,
  add: (state) => addUnits(state, 1),
  suffixes: [''],
  encode: (state) => [formatUnits(state, 0)],
  decode: ([text]) => unitsFromStore(text, 0),
  present: (state) => formatUnits(state, 0),
  rank: (state) => state,
}
