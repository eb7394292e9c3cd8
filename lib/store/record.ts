import {
  type Item,
  type ItemKey,
  keyItem,
  lacks,
  readAttributes,
  readOne,
  type Shape,
  text,
  type ValueOf,
  writeAttributes,
} from './attribute.ts'
import type { Alternative } from './table.ts'

export {
  type Attribute,
  type AttributeCodec,
  attributes,
  bytes,
  decimal,
  expiryTime,
  flag,
  type ItemKey,
  instant,
  integer,
  list,
  map,
  mapOf,
  orNull,
  text,
} from './attribute.ts'

/**
 * What an item holds beside its key, said once: its values' types, how they are written and how they
 * are read.
 */
export interface StoredRecord<Of extends Shape> {
  item(key: ItemKey, value: ValueOf<Of>): Item
  /** Passes over what else the item holds. Throws where something is not there or of another type. */
  read(item: Item): ValueOf<Of>
  /** One property, whatever the others are. Throws as `read` does. */
  readOne<Name extends keyof Of & string>(item: Item, name: Name): ValueOf<Of>[Name]
  /** One property; undefined where it is not there or of another type. */
  find<Name extends keyof Of & string>(item: Item, name: Name): ValueOf<Of>[Name] | undefined
  /** Met where the item that is there has that value. */
  is<Name extends keyof Of & string>(name: Name, value: ValueOf<Of>[Name]): Alternative
  /** Met where the item that is there has a lower value. */
  below<Name extends keyof Of & string>(name: Name, value: ValueOf<Of>[Name]): Alternative
}

/** Met where no item is there. */
export const absent: Alternative = { absent: true }

/** Values of a record: `ValueIn<typeof marks>`. */
export type ValueIn<Of> = Of extends StoredRecord<infer Fields> ? ValueOf<Fields> : never

export function recordOf<Of extends Shape>(shape: Of): StoredRecord<Of> {
  const codecOf = (name: keyof Of & string) => shape[name] as Of[typeof name]
  const nameOf = (name: keyof Of & string) => codecOf(name).attribute ?? name
  const find = (item: Item, name: keyof Of & string) => codecOf(name).read(item[nameOf(name)])
  const compare = (name: keyof Of & string, is: '=' | '<', value: unknown): Alternative => {
    const attribute = codecOf(name).write(value)
    if (attribute === undefined) throw new Error(`Nothing is stored for this value of ${name}`)
    return { attribute: nameOf(name), is, value: attribute }
  }
  return {
    item: (key, value) => ({ ...keyItem(key), ...writeAttributes(shape, value) }),

    read(item) {
      const { value, missing } = readAttributes(shape, item)
      return missing === undefined ? value : lacks(item, missing)
    },

    readOne: <Name extends keyof Of & string>(item: Item, name: Name) =>
      readOne(item, name, codecOf(name)) as ValueOf<Of>[Name],

    find: <Name extends keyof Of & string>(item: Item, name: Name) =>
      find(item, name) as ValueOf<Of>[Name] | undefined,

    is: (name, value) => compare(name, '=', value),
    below: (name, value) => compare(name, '<', value),
  }
}

const keys = { pk: text(), sk: text() }

/** The key that an item stands under. Throws where it has none: then it is not ours. */
export function keyOf(item: Item): ItemKey {
  const { value, missing } = readAttributes(keys, item)
  return missing === undefined ? value : lacks(item, missing)
}
