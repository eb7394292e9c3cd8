import {
  type Aggregation,
  decodeState,
  type EncodedState,
  encodeState,
  type State,
} from '../core/index.ts'
import { decimalAttribute, type Item, readDecimal } from '../store/table.ts'

/** An encoded state as top-level attributes, which keep every digit. */
export function encodedAttributes(aggregation: Aggregation, encoded: EncodedState): Item {
  const attributes: [string, ReturnType<typeof decimalAttribute>][] = []
  for (const [at, name] of aggregation.attributes.entries()) {
    const text = encoded[at]
    if (text !== undefined) attributes.push([name, decimalAttribute(text)])
  }
  return Object.fromEntries(attributes)
}

export function stateAttributes(aggregation: Aggregation, state: State): Item {
  return encodedAttributes(aggregation, encodeState(aggregation, state))
}

/** Throws where the item does not hold a state of this aggregation. */
export function readState(aggregation: Aggregation, item: Item): State {
  return decodeState(
    aggregation,
    aggregation.attributes.map((name) => readDecimal(item, name)),
  )
}
