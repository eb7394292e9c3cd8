import {
  type Aggregation,
  decodeState,
  type EncodedState,
  encodeState,
  type State,
  type StateAttribute,
  type StoredValue,
} from '../core/index.ts'
import { decimalAttribute, type Item, readDecimal } from '../store/table.ts'

/** An encoded state as top-level attributes, which keep every digit. */
export function encodedAttributes(aggregation: Aggregation, encoded: EncodedState): Item {
  const attributes: [string, Item[string]][] = []
  for (const [at, attribute] of aggregation.attributes.entries()) {
    const value = encoded[at]
    if (value !== undefined) attributes.push([attribute.name, attributeOf(attribute, value)])
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
    aggregation.attributes.map((attribute) => readValue(attribute, item)),
  )
}

/** The measure's codec answers for it that the value is of the type. */
function attributeOf({ type }: StateAttribute, value: StoredValue): Item[string] {
  switch (type) {
    case 'decimal':
      return decimalAttribute(value as string)
    case 'text':
      return { S: value as string }
    case 'bytes':
      return { B: value as Uint8Array }
  }
}

function readValue({ name, type }: StateAttribute, item: Item): StoredValue | undefined {
  switch (type) {
    case 'decimal':
      return readDecimal(item, name)
    case 'text':
      return item[name]?.S
    case 'bytes':
      return item[name]?.B
  }
}
