/*
 * Groups: what the events of a key come to in a window. They stand page by page in the order in which
 * they came, and are found by the table of their window: half a hash, and where the group stands.
 */

import { Key } from './keys'
import { allocatePage, pageBytes } from './memory'
import { Accumulator, Aggregation, accumulatorBytes, aggregationBytes, Op, plan } from './plan'
import { freeTable, tableOf, Window } from './windows'

/** The head of a group; its accumulators stand behind it, where the plan says. */
@unmanaged
export class Group {
  /** Where its key is, with flags in its lowest bits. */
  key: usize
  /** Where its window is known. */
  window: usize
  /** Only where groups know their lines. */
  firstLine: u32
  lastLine: u32
}

/** Of `Group.key`: the group has events. */
export const hasEvents: usize = 1
/** Of `Group.key`: an event came again, or may be missing elsewhere. */
export const isUncertain: usize = 2

/** The bits of `Group.key` that are no place. */
export const flags: usize = 15

/** A page of groups begins with the next page, and how many groups it holds. */
const pageHeadBytes: usize = 16

export function nextOf(page: usize): usize {
  return load<usize>(page)
}

export function groupsOn(page: usize): u32 {
  return load<u32>(page, 4)
}

export function groupAt(page: usize, number: u32, aggregation: Aggregation): usize {
  return page + pageHeadBytes + <usize>number * aggregation.groupBytes
}

export function resetGroups(): void {
  for (let number: u32 = 0; number < plan.aggregations; number++) {
    const aggregation = changetype<Aggregation>(plan.aggregation + <usize>number * aggregationBytes)
    aggregation.firstPage = 0
    aggregation.lastPage = 0
    aggregation.groups = 0
  }
}

function entryOf(key: Key, window: Window): usize {
  return window.table + ((<usize>(key.hash >> (32 - window.bits))) << 3)
}

/** Brings what `groupOf` will look at first into the cache. */
export function touchEntry(key: Key, window: Window): u64 {
  if (key.lastWindow == changetype<usize>(window)) return <u64>key.lastGroup
  return load<u64>(entryOf(key, window))
}

/** The same for the group that the entry names. */
export function touchGroup(entry: u64): u64 {
  return load<u64>(<usize>(<u32>entry))
}

/** The group of a key in a window, which is added where it is new. */
export function groupOf(key: Key, window: Window): Group {
  if (key.lastWindow == changetype<usize>(window)) return changetype<Group>(key.lastGroup)
  const group = findGroup(key, window)
  key.lastWindow = changetype<usize>(window)
  key.lastGroup = changetype<usize>(group)
  return group
}

function findGroup(key: Key, window: Window): Group {
  const hash = key.hash
  const mask = ((<u32>1) << window.bits) - 1
  let place = hash >> (32 - window.bits)
  while (true) {
    const entry = load<u64>(window.table + ((<usize>place) << 3))
    if (entry == 0) return addGroup(key, window)
    if (<u32>(entry >> 32) == hash) {
      const group = changetype<Group>(<usize>(<u32>entry))
      if ((group.key & ~flags) == changetype<usize>(key)) return group
    }
    place = (place + 1) & mask
  }
}

function addGroup(key: Key, window: Window): Group {
  // Seven tenths full at most.
  if (<u64>window.groups * 10 >= (<u64>7) << window.bits) growTable(window)
  const aggregation = changetype<Aggregation>(
    plan.aggregation + <usize>key.aggregation * aggregationBytes,
  )
  const at = roomFor(aggregation)
  const group = changetype<Group>(at)
  group.key = changetype<usize>(key)
  group.window = changetype<usize>(window)
  clear(at, aggregation)
  putEntry(window, key.hash, at)
  window.groups++
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
  return groupAt(page, before, aggregation)
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

function growTable(window: Window): void {
  const before = window.table
  const bits = window.bits
  window.bits++
  window.table = tableOf(window.bits)
  for (let at = before; at < before + ((<usize>8) << bits); at += 8) {
    const entry = load<u64>(at)
    if (entry != 0) putEntry(window, <u32>(entry >> 32), <usize>(<u32>entry))
  }
  freeTable(before, bits)
}

function putEntry(window: Window, hash: u32, group: usize): void {
  const mask = ((<u32>1) << window.bits) - 1
  let place = hash >> (32 - window.bits)
  while (load<u64>(window.table + ((<usize>place) << 3)) != 0) place = (place + 1) & mask
  store<u64>(window.table + ((<usize>place) << 3), ((<u64>hash) << 32) | <u64>group)
}
