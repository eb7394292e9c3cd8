/*
 * Keys, each once: a table with open addresses of 8 bytes (half a hash, and where the key stands), and
 * the keys with their values as they were read. What they are as texts is made outside.
 */

import { allocate, freeRun } from './memory'
import { Aggregation, plan } from './plan'
import { numberOf, seen, textBytesOf, textOf } from './scan-event'

/** A key, in the order in which keys came. Behind it stand its values. */
@unmanaged
export class Key {
  next: usize
  aggregation: u32
  /** Where the window is known that the key was last in, and the group there. */
  lastWindow: usize
  lastGroup: usize
  hash: u32
  /** For whoever reads them out. */
  order: u32
}

export const keyBytes: usize = 24

// What stands before a value: the bytes of a text, or one of these.
const isNumber: u32 = 0x80000000
const isMissing: u32 = 0xffffffff

let table: usize = 0
let bits: u32 = 0
let keys: u32 = 0

export let firstKey: usize = 0
let lastKey: usize = 0

const firstBits: u32 = 9

export function resetKeys(): void {
  bits = firstBits
  table = allocate((<usize>8) << bits)
  memory.fill(table, 0, (<usize>8) << bits)
  keys = 0
  firstKey = 0
  lastKey = 0
}

const multiplier: u64 = 0x9e3779b97f4a7c15

function mix(hash: u64, word: u64): u64 {
  const mixed = (hash ^ word) * multiplier
  return mixed ^ (mixed >> 29)
}

function has(field: u32): bool {
  return ((seen >> field) & 1) != 0
}

/** Of a key's field in the plan: it is a text. */
const isTextBit: u32 = 0x80000000

function hashOf(aggregation: Aggregation, number: u32): u32 {
  let hash = plan.key0 ^ <u64>number
  for (let at: u32 = 0; at < aggregation.keyFields; at++) {
    const entry = load<u32>(aggregation.keys + ((<usize>at) << 2))
    const field = entry & ~isTextBit
    if (!has(field)) hash = mix(hash, isMissing)
    else if (entry & isTextBit) hash = mixText(hash, textOf(field), textBytesOf(field))
    else hash = mix(hash, <u64>numberOf(field))
  }
  hash = (hash ^ (hash >> 32)) * 0xd6e8feb86659fd93
  return <u32>(hash >> 32)
}

function mixText(hash: u64, from: usize, bytes: u32): u64 {
  let mixed = hash + <u64>bytes
  let at = from
  const end = from + bytes
  for (; at + 8 <= end; at += 8) mixed = mix(mixed, load<u64>(at))
  const rest = <u64>(end - at)
  return rest == 0 ? mixed : mix(mixed, load<u64>(at) & (((<u64>1) << (rest << 3)) - 1))
}

/** The key of the values that were read, which is added where it is new. */
export function keyOf(aggregation: Aggregation, number: u32): Key {
  const hash = hashOf(aggregation, number)
  const mask = ((<u32>1) << bits) - 1
  let place = hash >> (32 - bits)
  while (true) {
    const entry = load<u64>(table + ((<usize>place) << 3))
    if (entry == 0) return addKey(aggregation, number, hash)
    if (<u32>(entry >> 32) == hash) {
      const key = changetype<Key>(<usize>(<u32>entry))
      if (isSame(key, aggregation, number)) return key
    }
    place = (place + 1) & mask
  }
}

function isSame(key: Key, aggregation: Aggregation, number: u32): bool {
  if (key.aggregation != number) return false
  let at = changetype<usize>(key) + keyBytes
  for (let place: u32 = 0; place < aggregation.keyFields; place++) {
    const entry = load<u32>(aggregation.keys + ((<usize>place) << 2))
    const field = entry & ~isTextBit
    const there = load<u32>(at)
    at += 4
    if (!has(field)) {
      if (there != isMissing) return false
    } else if (entry & isTextBit) {
      const bytes = textBytesOf(field)
      if (there != bytes || !isSameText(at, textOf(field), bytes)) return false
      at += bytes
    } else {
      if (there != isNumber || load<i64>(at) != numberOf(field)) return false
      at += 8
    }
  }
  return true
}

function isSameText(a: usize, b: usize, bytes: u32): bool {
  let at: usize = 0
  for (; at + 8 <= <usize>bytes; at += 8) {
    if (load<u64>(a + at) != load<u64>(b + at)) return false
  }
  const rest = (<u64>bytes - <u64>at) << 3
  return rest == 0 || ((load<u64>(a + at) ^ load<u64>(b + at)) & (((<u64>1) << rest) - 1)) == 0
}

function addKey(aggregation: Aggregation, number: u32, hash: u32): Key {
  if (keys * 2 >= (<u32>1) << bits) growKeys()
  const bytes = valuesBytes(aggregation)
  // Texts are compared eight bytes at a time, also the last of them.
  const key = changetype<Key>(allocate(keyBytes + bytes + 8))
  key.next = 0
  key.aggregation = number
  key.lastGroup = 0
  key.lastWindow = 0
  key.hash = hash
  putValues(changetype<usize>(key) + keyBytes, aggregation)
  if (lastKey == 0) firstKey = changetype<usize>(key)
  else changetype<Key>(lastKey).next = changetype<usize>(key)
  lastKey = changetype<usize>(key)
  putKey(key)
  keys++
  return key
}

function valuesBytes(aggregation: Aggregation): usize {
  let bytes: usize = 0
  for (let place: u32 = 0; place < aggregation.keyFields; place++) {
    const entry = load<u32>(aggregation.keys + ((<usize>place) << 2))
    const field = entry & ~isTextBit
    bytes += 4
    if (has(field)) bytes += (entry & isTextBit) != 0 ? <usize>textBytesOf(field) : 8
  }
  return bytes
}

function putValues(from: usize, aggregation: Aggregation): void {
  let at = from
  for (let place: u32 = 0; place < aggregation.keyFields; place++) {
    const entry = load<u32>(aggregation.keys + ((<usize>place) << 2))
    const field = entry & ~isTextBit
    if (!has(field)) {
      store<u32>(at, isMissing)
      at += 4
    } else if (entry & isTextBit) {
      const bytes = textBytesOf(field)
      store<u32>(at, bytes)
      memory.copy(at + 4, textOf(field), bytes)
      at += 4 + <usize>bytes
    } else {
      store<u32>(at, isNumber)
      store<i64>(at, numberOf(field), 4)
      at += 12
    }
  }
}

function growKeys(): void {
  const before = table
  const beforeBytes = (<usize>8) << bits
  bits++
  table = allocate((<usize>8) << bits)
  memory.fill(table, 0, (<usize>8) << bits)
  freeRun(before, beforeBytes)
  for (let key = firstKey; key != 0; key = changetype<Key>(key).next) putKey(changetype<Key>(key))
}

function putKey(key: Key): void {
  const mask = ((<u32>1) << bits) - 1
  let place = key.hash >> (32 - bits)
  while (load<u64>(table + ((<usize>place) << 3)) != 0) place = (place + 1) & mask
  store<u64>(table + ((<usize>place) << 3), ((<u64>key.hash) << 32) | <u64>changetype<usize>(key))
}
