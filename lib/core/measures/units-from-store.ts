import { parseDecimal, type Units } from '../decimal.ts'

/**
 * Reads what a measure stored. Anything else there means that the row is not ours or that the
 * definition changed under it, and going on would make wrong totals: it throws.
 */
export function unitsFromStore(text: string | undefined, scale: number): Units {
  const units = text === undefined ? 'nothing' : parseDecimal(text, scale)
  if (typeof units === 'string') {
    throw new Error(`A stored state is not a decimal of scale ${scale}: ${text}`)
  }
  return units
}
