import type { Attribute } from '../attribute.ts'
import { type Item, maxPartitionKeyBytes, maxSortKeyBytes } from '../table.ts'
import { canonicalNumber } from './number-text.ts'

/** What DynamoDB answers a request that it does not take, whatever its tables hold. */
export class Refused extends Error {
  override readonly name = 'ValidationException'
}

const maxItemBytes = 400 * 1024
const maxDepth = 32

/** No text has more bytes of UTF-8 to a unit of UTF-16. */
const maxBytesOfUnit = 3

const yes: Attribute = Object.freeze({ BOOL: true })
const no: Attribute = Object.freeze({ BOOL: false })

/** Throws Refused where no item can have such a key. */
export function checkKey(pk: unknown, sk: unknown): void {
  checkKeyText('pk', pk, maxPartitionKeyBytes)
  checkKeyText('sk', sk, maxSortKeyBytes)
}

export function checkPartitionKey(pk: string): void {
  checkKeyText('pk', pk, maxPartitionKeyBytes)
}

export function checkSortKey(sk: string): void {
  checkKeyText('sk', sk, maxSortKeyBytes)
}

function checkKeyText(name: string, text: unknown, maxBytes: number): void {
  if (typeof text !== 'string') throw new Refused(`${name} must be a text`)
  if (text === '') throw new Refused(`${name} must not be empty`)
  checkText(text)
  if (text.length * maxBytesOfUnit > maxBytes && Buffer.byteLength(text) > maxBytes) {
    throw new Refused(`${name} is longer than ${maxBytes} bytes`)
  }
}

/** Half a surrogate pair has no UTF-8: what a server makes of it is not what was meant. */
function checkText(text: string): void {
  if (!text.isWellFormed()) throw new Refused('A text holds half a surrogate pair')
}

/**
 * The item as a table keeps it: a copy that nobody can change, its numbers written as DynamoDB
 * writes them. Throws Refused where it is none that DynamoDB would take.
 */
export function storedItem(item: Item): Item {
  checkKey(item.pk?.S, item.sk?.S)
  const copy = storedAttributes(item, 1)
  if (mostBytesOf(copy) > maxItemBytes && bytesOfAttributes(copy) > maxItemBytes) {
    throw new Refused(`The item is larger than ${maxItemBytes} bytes`)
  }
  return copy
}

function storedAttributes(attributes: Item, depth: number): Item {
  const copy: Record<string, Attribute> = {}
  for (const name of Object.keys(attributes)) {
    const value = attributes[name]
    // The SDK does not send what is undefined.
    if (value === undefined) continue
    if (name === '') throw new Refused('An attribute has no name')
    copy[name] = storedValue(value, depth)
  }
  return Object.freeze(copy)
}

export function storedValue(value: Attribute, depth = 1): Attribute {
  if (depth > maxDepth) throw new Refused(`An item is nested deeper than ${maxDepth} levels`)
  if (value.S !== undefined) {
    checkText(value.S)
    return Object.freeze({ S: value.S })
  }
  if (value.N !== undefined) return Object.freeze({ N: numberOf(value.N) })
  if (value.BOOL !== undefined) return value.BOOL ? yes : no
  if (value.L !== undefined) {
    const list = value.L.map((each) => storedValue(each, depth + 1))
    return Object.freeze({ L: Object.freeze(list) as Attribute[] })
  }
  if (value.M !== undefined) return Object.freeze({ M: storedAttributes(value.M, depth + 1) })
  if (value.B !== undefined) return Object.freeze({ B: new Uint8Array(value.B) })
  throw new Refused(`No store of ours keeps attributes of type ${Object.keys(value)}`)
}

function numberOf(text: string): string {
  const canonical = canonicalNumber(text)
  if (canonical === undefined) throw new Refused(`${text} is no number that DynamoDB keeps`)
  return canonical
}

/** Never below the true size, and found without a look at the texts. */
function mostBytesOf(attributes: Item): number {
  let bytes = 0
  for (const name of Object.keys(attributes)) {
    bytes += name.length * maxBytesOfUnit + mostBytesOfValue(attributes[name] as Attribute)
  }
  return bytes
}

function mostBytesOfValue({ S, N, L, M, B }: Attribute): number {
  if (S !== undefined) return S.length * maxBytesOfUnit
  if (N !== undefined) return N.length + 1
  if (L !== undefined) return L.reduce((bytes, each) => bytes + 1 + mostBytesOfValue(each), 3)
  if (M !== undefined) return 3 + Object.keys(M).length + mostBytesOf(M)
  return B?.length ?? 1
}

function bytesOfAttributes(attributes: Item): number {
  let bytes = 0
  for (const [name, value] of Object.entries(attributes)) {
    bytes += Buffer.byteLength(name) + bytesOfValue(value)
  }
  return bytes
}

function bytesOfValue({ S, N, L, M, B }: Attribute): number {
  if (S !== undefined) return Buffer.byteLength(S)
  if (N !== undefined) return bytesOfNumber(N)
  if (L !== undefined) return L.reduce((bytes, each) => bytes + 1 + bytesOfValue(each), 3)
  if (M !== undefined) return 3 + Object.keys(M).length + bytesOfAttributes(M)
  return B?.length ?? 1
}

/** About a byte for two digits, one more for all, and one for the sign. */
function bytesOfNumber(text: string): number {
  const digits = text.replace(/[-.]/g, '').replace(/^0+|0+$/g, '').length
  return Math.ceil(digits / 2) + 1 + (text.startsWith('-') ? 1 : 0)
}
