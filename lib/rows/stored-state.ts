import {
  type Aggregation,
  decodeState,
  type EncodedState,
  encodeState,
  type State,
  type StateAttribute,
  type StoredValue,
} from '../core/index.ts'
import { type AttributeCodec, bytes, decimal, text } from '../store/record.ts'
import type { Item } from '../store/table.ts'

/** What a state's values are stored as; a measure's codec answers for it that they are of the type. */
const codecs = { decimal: decimal(), text: text(), bytes: bytes() }

const codecOf = ({ type }: StateAttribute) => codecs[type] as AttributeCodec<StoredValue>

/** An encoded state as top-level attributes, which keep every digit. */
export function encodedAttributes(aggregation: Aggregation, encoded: EncodedState): Item {
  const written = aggregation.attributes.flatMap((attribute, at) => {
    const value = encoded[at]
    return value === undefined ? [] : [[attribute.name, codecOf(attribute).write(value)]]
  })
  return Object.fromEntries(written)
}

export function stateAttributes(aggregation: Aggregation, state: State): Item {
  return encodedAttributes(aggregation, encodeState(aggregation, state))
}

/** Throws where the item does not hold a state of this aggregation. */
export function readState(aggregation: Aggregation, item: Item): State {
  return decodeState(
    aggregation,
    aggregation.attributes.map((attribute) => codecOf(attribute).read(item[attribute.name])),
  )
}
