import { decodeState, type State } from '../../../lib/core/index.ts'
import { byProduct } from '../../support/sales.ts'

/** Values of key fields that a server could take for something else, or cut short. */
export const storedKeys = [
  '',
  '#',
  '|~',
  '\u0000\n\u007f',
  '__proto__',
  "'; --",
  'a b',
  'é',
  'e\u0301',
  '\u200f\ufeff',
  '\uffff',
  '🧺',
  // As long as a key may be, which `definePipeline` sees to.
  'x'.repeat(900),
  '🧺'.repeat(225),
]

/** Sums around the 38 digits that a Number has, and with zeros that some would write otherwise. */
export const storedDecimals = [
  '0',
  '0.01',
  '-0.01',
  '100',
  '1000000000000000000000',
  '9007199254740993',
  '-99999999999999999999.99',
  '9'.repeat(38),
  `${'9'.repeat(36)}.99`,
  `-${'9'.repeat(38)}`,
  '9'.repeat(39),
  `1${'0'.repeat(38)}`,
  `-${'9'.repeat(37)}.99`,
  '7'.repeat(120),
]

/** The state of one sale that came to so much. */
export function stateWithRevenue(revenue: string): State {
  const texts = new Map([
    ['events', '1'],
    ['revenue', revenue],
    ['meanPrice.sum', revenue],
    ['meanPrice.count', '1'],
  ])
  return decodeState(
    byProduct,
    byProduct.attributes.map(({ name }) => texts.get(name)),
  )
}
