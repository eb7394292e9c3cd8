/*
 * Groups: what the events of a key come to in a window. Like keys they stand by themselves, page by page
 * in the order in which they came, and are found by a table of 8 bytes each.
 */

import { Key } from './keys'
import { allocate, allocatePage, freeRun, pageBytes } from './memory'
import { Aggregation, aggregationBytes, Accumulator, accumulatorBytes, Op, plan } from './plan'

/** The head of a group; its accumulators stand behind it, where the plan says. */
@unmanaged
export class Group {
  /** Where its key is, with flags in its lowest bits. */
  key: usize
  window: u32
  /** Only where groups know their lines. */
  firstLine: u32
  lastLine: u32
}

/** Of `Group.key`: the group has events. */
export const hasEvents: usize = 1
/** Of `Group.key`: an event came again, or may be missing elsewhere. */
export const isUncertain: usize = 2

const flags: usize = 15

/** A page of groups begins with the next page, and how many groups it holds. */
const pageHeadBytes: usize = 16

let table: usize = 0
let bits: u32 = 0
let groups: u32 = 0

const firstBits: u32 = 9

export function resetGroups(): void {
  bits = firstBits
  table = allocate(<usize>8 << bits)
  memory.fill(table, 0, <usize>8 << bits)
  groups = 0
  for (let number: u32 = 0; number < plan.aggregations; number++) {
    const aggregation = changetype<Aggregation>(plan.aggregation + <usize>number * aggregationBytes)
    aggregation.firstPage = 0
    aggregation.lastPage = 0
    aggregation.groups = 0
  }
}

// @ts-ignore: decorator
@inline
function hashOf(key: usize, window: u32): u32 {
  const mixed = ((<u64>key << 32) | <u64>window) * 0x9e3779b97f4a7c15
  return <u32>((mixed ^ (mixed >> 32)) * 0xd6e8feb86659fd93 >> 32)
}

// @ts-ignore: decorator
@inline
function entryAt(hash: u32): usize {
  return table + (<usize>(hash >> (32 - bits)) << 3)
}

/** Brings what `groupOf` will look at first into the cache. */
// @ts-ignore: decorator
@inline
export function touchEntry(key: Key, window: u32): u64 {
  if (key.lastWindow == window) return <u64>key.lastGroup
  return load<u64>(entryAt(hashOf(changetype<usize>(key), window)))
}

/** The same for the group that the entry names. */
// @ts-ignore: decorator
@inline
export function touchGroup(entry: u64): u64 {
  return load<u64>(<usize>(<u32>entry))
}

/** The group of a key in a window, which is added where it is new. */
// @ts-ignore: decorator
@inline
export function groupOf(key: Key, window: u32): Group {
  if (key.lastGroup != 0 && key.lastWindow == window) return changetype<Group>(key.lastGroup)
  const group = findGroup(key, window)
  key.lastWindow = window
  key.lastGroup = changetype<usize>(group)
  return group
}

function findGroup(key: Key, window: u32): Group {
  const hash = hashOf(changetype<usize>(key), window)
  const mask = ((<u32>1) << bits) - 1
  let place = hash >> (32 - bits)
  while (true) {
    const entry = load<u64>(table + (<usize>place << 3))
    if (entry == 0) return addGroup(key, window, hash)
    if (<u32>(entry >> 32) == hash) {
      const group = changetype<Group>(<usize>(<u32>entry))
      if (group.window == window && (group.key & ~flags) == changetype<usize>(key)) return group
    }
    place = (place + 1) & mask
  }
}

function addGroup(key: Key, window: u32, hash: u32): Group {
  // Seven tenths full at most.
  if (<u64>groups * 10 >= (<u64>7) << bits) growGroups()
  const aggregation = changetype<Aggregation>(plan.aggregation + <usize>key.aggregation * aggregationBytes)
  const at = roomFor(aggregation)
  const group = changetype<Group>(at)
  group.key = changetype<usize>(key)
  group.window = window
  clear(at, aggregation)
  putEntry(hash, at)
  groups++
  return group
}

function roomFor(aggregation: Aggregation): usize {
  const perPage = <u32>((pageBytes - pageHeadBytes) / aggregation.groupBytes)
  let page = aggregation.lastPage
  if (page == 0 || load<u32>(page, 4) == perPage) {
    const fresh = allocatePage()
    store<usize>(fresh, 0)
    store<u32>(fresh, 0, 4)
    if (page == 0) aggregation.firstPage = fresh
    else store<usize>(page, fresh)
    aggregation.lastPage = fresh
    page = fresh
  }
  const before = load<u32>(page, 4)
  store<u32>(page, before + 1, 4)
  aggregation.groups++
  return page + pageHeadBytes + <usize>before * aggregation.groupBytes
}

function clear(group: usize, aggregation: Aggregation): void {
  for (let at: u32 = 0; at < aggregation.accumulators; at++) {
    const one = changetype<Accumulator>(aggregation.accumulator + <usize>at * accumulatorBytes)
    const place = group + <usize>one.offset
    switch (one.op) {
      case Op.Min:
        store<i64>(place, i64.MAX_VALUE)
        break
      case Op.Max:
        store<i64>(place, i64.MIN_VALUE)
        break
      case Op.Sum:
        store<i64>(place, 0)
        store<i64>(place, 0, 8)
        break
      default:
        store<i64>(place, 0)
    }
  }
}

function growGroups(): void {
  const before = table
  const beforeBytes = <usize>8 << bits
  bits++
  table = allocate(<usize>8 << bits)
  memory.fill(table, 0, <usize>8 << bits)
  for (let at = before; at < before + beforeBytes; at += 8) {
    const entry = load<u64>(at)
    if (entry != 0) putEntry(<u32>(entry >> 32), <usize>(<u32>entry))
  }
  freeRun(before, beforeBytes)
}

function putEntry(hash: u32, group: usize): void {
  const mask = ((<u32>1) << bits) - 1
  let place = hash >> (32 - bits)
  while (load<u64>(table + (<usize>place << 3)) != 0) place = (place + 1) & mask
  store<u64>(table + (<usize>place << 3), ((<u64>hash) << 32) | <u64>group)
}
