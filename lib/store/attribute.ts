/**
 * A value of an item, as DynamoDB tells types apart: text, number, bytes, yes or no, list, map. Only
 * this file writes and reads them; what an item holds is said by a record (`record.ts`).
 */
export type Attribute =
  | Only<'S', string>
  | Only<'N', string>
  | Only<'B', Uint8Array>
  | Only<'BOOL', boolean>
  | ListAttribute
  | MapAttribute

type AttributeType = 'S' | 'N' | 'B' | 'BOOL' | 'L' | 'M'

type NoneBut<Type extends AttributeType> = { [Of in Exclude<AttributeType, Type>]?: never }

type Only<Type extends AttributeType, Value> = { [Of in Type]: Value } & NoneBut<Type>

interface ListAttribute extends NoneBut<'L'> {
  L: Attribute[]
}

interface MapAttribute extends NoneBut<'M'> {
  M: Record<string, Attribute>
}

export type Item = Readonly<Record<string, Attribute>>

export interface ItemKey {
  readonly pk: string
  readonly sk: string
}

/** How a value is written as an attribute and read from it. */
export interface AttributeCodec<Value> {
  /** The attribute's name, where it differs from the property's. */
  readonly attribute?: string
  /** What it is, for the message of who misses it. */
  readonly what: string
  /** Undefined where nothing is to be written. */
  write(value: Value): Attribute | undefined
  /** Undefined where the attribute is not of this kind, or is not there and has to be. */
  read(attribute: Attribute | undefined): Value | undefined
}

export const textAttribute = (value: string): Attribute => ({ S: value })

/** With `otherwise`, that stands where there is none, and is not written. */
export function text(options: { readonly otherwise?: string } = {}): AttributeCodec<string> {
  const { otherwise } = options
  return {
    what: 'text attribute',
    write: (value) => (value === otherwise ? undefined : textAttribute(value)),
    read: (attribute) => (attribute === undefined ? otherwise : attribute.S),
  }
}

/** A whole number. With `otherwise`, that stands where there is none, and is not written. */
export function integer(options: { readonly otherwise?: number } = {}): AttributeCodec<number> {
  const { otherwise } = options
  return {
    what: 'whole number',
    write: (value) => (value === otherwise ? undefined : { N: String(value) }),
    read(attribute) {
      if (attribute === undefined) return otherwise
      const value = Number(attribute.N)
      return Number.isSafeInteger(value) ? value : undefined
    },
  }
}

/** Yes where it is there; no is not written. */
export function flag(): AttributeCodec<boolean> {
  return {
    what: 'yes or no',
    write: (value) => (value ? { BOOL: true } : undefined),
    read: (attribute) => (attribute === undefined ? false : attribute.BOOL),
  }
}

/** An instant in epoch ms, written as ISO text. */
export function instant(attribute: string): AttributeCodec<number> {
  return {
    attribute,
    what: 'text attribute',
    write: (ms) => textAttribute(new Date(ms).toISOString()),
    read: (found) => (found?.S === undefined ? undefined : Date.parse(found.S)),
  }
}

/** An instant in epoch ms, written as whole seconds: what DynamoDB takes for a time to live. */
export function expiryTime(attribute: string): AttributeCodec<number> {
  const seconds = integer()
  return {
    attribute,
    what: seconds.what,
    write: (ms) => seconds.write(ms / 1000),
    read(found) {
      const value = seconds.read(found)
      return value === undefined ? undefined : value * 1000
    },
  }
}

/** DynamoDB keeps 38 digits of a Number; a decimal beyond that is stored as text. */
const maxNumberDigits = 38

/** An exact decimal, as text with every digit. */
export function decimal(): AttributeCodec<string> {
  return {
    what: 'decimal',
    write(value) {
      const digits = value.replace(/[-.]/g, '').replace(/^0+/, '')
      return digits.length <= maxNumberDigits ? { N: value } : { S: value }
    },
    read: (attribute) => attribute?.N ?? attribute?.S,
  }
}

export function bytes(): AttributeCodec<Uint8Array> {
  return {
    what: 'bytes',
    write: (value) => ({ B: value }),
    read: (attribute) => attribute?.B,
  }
}

/** Also where it is empty; read as empty where it is not there. */
export function list<Value>(of: AttributeCodec<Value>): AttributeCodec<readonly Value[]> {
  return {
    what: 'list',
    write: (values) => ({
      L: values.map((value) => of.write(value)).filter((each) => each !== undefined),
    }),
    read(attribute) {
      if (attribute === undefined) return []
      const values = attribute.L?.map((each) => of.read(each))
      return values?.every((value) => value !== undefined) ? values : undefined
    },
  }
}

export type Shape = Readonly<Record<string, AttributeCodec<unknown>>>

/** The value whose properties a shape names. */
export type ValueOf<Of extends Shape> = {
  readonly [Name in keyof Of]: Of[Name] extends AttributeCodec<infer Value> ? Value : never
}

/** A value with properties of its own. */
export function map<Of extends Shape>(shape: Of): AttributeCodec<ValueOf<Of>> {
  return {
    what: 'map',
    write: (value) => ({ M: writeAttributes(shape, value) }),
    read(attribute) {
      if (attribute?.M === undefined) return undefined
      const { value, missing } = readAttributes(shape, attribute.M)
      return missing === undefined ? value : undefined
    },
  }
}

/** A value or none: null, which is not written. */
export function orNull<Value>(of: AttributeCodec<Value>): AttributeCodec<Value | null> {
  return {
    ...of,
    write: (value) => (value === null ? undefined : of.write(value)),
    read: (attribute) => (attribute === undefined ? null : of.read(attribute)),
  }
}

/** Values of one kind by names that are not known before. */
export function mapOf<Value>(
  of: AttributeCodec<Value>,
): AttributeCodec<Readonly<Record<string, Value>>> {
  return {
    what: 'map',
    write(values) {
      const written = Object.entries(values).map(([name, value]) => [name, of.write(value)])
      return { M: Object.fromEntries(written.filter(([, attribute]) => attribute !== undefined)) }
    },
    read(attribute) {
      const entries = Object.entries(attribute?.M ?? {}).map(([name, each]) => [
        name,
        of.read(each),
      ])
      const isWhole =
        attribute?.M !== undefined && entries.every(([, value]) => value !== undefined)
      return isWhole ? Object.fromEntries(entries) : undefined
    },
  }
}

/** Attributes whose names are not known before, as those of a state are. */
export function attributes(): AttributeCodec<Item> {
  return {
    what: 'map',
    write: (value) => ({ M: { ...value } }),
    read: (attribute) => attribute?.M,
  }
}

interface Missing {
  readonly value?: never
  readonly missing: string
}

export function writeAttributes<Of extends Shape>(shape: Of, value: ValueOf<Of>) {
  const written: Record<string, Attribute> = {}
  for (const [name, codec] of Object.entries(shape)) {
    const attribute = codec.write(value[name])
    if (attribute !== undefined) written[codec.attribute ?? name] = attribute
  }
  return written
}

/** `missing` says what is not there or of another type. */
export function readAttributes<Of extends Shape>(
  shape: Of,
  item: Item,
): { readonly value: ValueOf<Of>; readonly missing?: never } | Missing {
  const value: Record<string, unknown> = {}
  for (const [name, codec] of Object.entries(shape)) {
    const attribute = codec.attribute ?? name
    value[name] = codec.read(item[attribute])
    if (value[name] === undefined) return { missing: `${codec.what} ${attribute}` }
  }
  return { value: value as ValueOf<Of> }
}

/** The attributes of a key alone. */
export const keyItem = ({ pk, sk }: ItemKey): Item => ({
  pk: textAttribute(pk),
  sk: textAttribute(sk),
})

/** Throws where the attribute is not there or of another type: then the item is not ours. */
export function readOne<Value>(item: Item, property: string, codec: AttributeCodec<Value>): Value {
  const name = codec.attribute ?? property
  return codec.read(item[name]) ?? lacks(item, `${codec.what} ${name}`)
}

export function lacks(item: Item, what: string): never {
  throw new Error(`The item ${item.pk?.S} ${item.sk?.S} has no ${what}`)
}
