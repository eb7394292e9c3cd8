/*
 * The digests of ids, in tables with open addresses (Knuth, TAOCP 3, 6.4, algorithm L): 16 for each of 64
 * hours, which begin anew after that. Events of one hour come near each other, so most are looked for
 * where memory was looked at lately. A table grows by half of itself, page by page, when four fifths of
 * it are full: so an id takes 16 bytes / 0.8 to 16 bytes / 0.53, and memory never holds all of them twice.
 */

import { allocate, allocatePage, freePage, pageBytes } from './memory'

const tables: usize = 1024
const tablesAnHour: u64 = 16
const digestBytes: usize = 16
const perPage: u32 = 256

@unmanaged
class IdTable {
  /** Where its pages are. */
  pages: usize
  pageCount: u32
  ids: u32
  maxIds: u32
}

const tableBytes: usize = 16

let first: usize = 0

export function resetIds(): void {
  first = allocate(tables * tableBytes)
  memory.fill(first, 0, tables * tableBytes)
}

/** The number of the table that a digest belongs to. */
export function idTableOf(low: u64, hourMs: i64): u32 {
  const hour = <u64>(hourMs / 3600000)
  return <u32>((hour * tablesAnHour + (low & (tablesAnHour - 1))) & <u64>(tables - 1))
}

function tableAt(number: u32): IdTable {
  return changetype<IdTable>(first + <usize>number * tableBytes)
}

function placeOf(table: IdTable, place: u32): usize {
  const page = load<usize>(table.pages + ((<usize>(place >> 8)) << 2))
  return page + (<usize>place & 255) * digestBytes
}

function firstPlace(table: IdTable, low: u64): u32 {
  return <u32>(((low >> 32) * ((<u64>table.pageCount) << 8)) >> 32)
}

/** Brings the place of a digest into the cache, for `addId` to come. */
export function touchId(number: u32, low: u64): u64 {
  const table = tableAt(number)
  return table.pageCount == 0 ? 0 : load<u64>(placeOf(table, firstPlace(table, low)))
}

/** Adds a digest to its table; false where it was there. */
export function addId(number: u32, low: u64, high: u64): bool {
  const table = tableAt(number)
  if (table.ids >= table.maxIds) grow(table)
  const size = table.pageCount << 8
  let place = firstPlace(table, low)
  while (true) {
    const at = placeOf(table, place)
    const thereLow = load<u64>(at)
    const thereHigh = load<u64>(at, 8)
    if (thereLow == low && thereHigh == high) return false
    if ((thereLow | thereHigh) == 0) {
      store<u64>(at, low)
      store<u64>(at, high, 8)
      table.ids++
      return true
    }
    if (++place == size) place = 0
  }
}

function grow(table: IdTable): void {
  const before = table.pages
  const beforeCount = table.pageCount
  const count = beforeCount + max(1, beforeCount >> 1)
  const pages = allocate((<usize>count) << 2)
  for (let page: u32 = 0; page < count; page++) {
    const fresh = allocatePage()
    memory.fill(fresh, 0, pageBytes)
    store<usize>(pages + ((<usize>page) << 2), fresh)
  }
  table.pages = pages
  table.pageCount = count
  table.maxIds = (count * perPage * 4) / 5
  for (let page: u32 = 0; page < beforeCount; page++) {
    const from = load<usize>(before + ((<usize>page) << 2))
    for (let at = from; at < from + pageBytes; at += digestBytes) {
      const low = load<u64>(at)
      const high = load<u64>(at, 8)
      if ((low | high) != 0) place(table, low, high)
    }
    freePage(from)
  }
}

function place(table: IdTable, low: u64, high: u64): void {
  const size = table.pageCount << 8
  let place = firstPlace(table, low)
  let at = placeOf(table, place)
  while ((load<u64>(at) | load<u64>(at, 8)) != 0) {
    if (++place == size) place = 0
    at = placeOf(table, place)
  }
  store<u64>(at, low)
  store<u64>(at, high, 8)
}
