/*
 * The digests of ids, in tables with open addresses (Knuth, TAOCP 3, 6.4, algorithm L): 16 for each of 64
 * hours, which begin anew after that. Events of one hour come near each other, so most ids are looked for
 * where memory was looked at lately. The digests stand in the order in which they came, 16 bytes each,
 * and the table has but 4 bytes for each: which digest it is, and in the bits that are left some of the
 * digest, so that others are hardly ever looked at. It is two to four fifths full, so an id takes 21 to 26
 * bytes in all.
 */

import { allocate, allocatePage, freeRun } from './memory'

const tables: usize = 1024
const tablesAnHour: u64 = 16
const digestBytes: usize = 16
const perPage: u32 = 256

/** A digest's number is one more than its place, since 0 is an empty entry. */
@unmanaged
class IdTable {
  entries: usize
  /** There are 2^bits entries. */
  bits: u32
  ids: u32
  maxIds: u32
  /** Where the pages of digests are (u32), and for how many there is room. */
  pages: usize
  pageRoom: u32
  unused: u64
}

const tableBytes: usize = 32
const firstBits: u32 = 7

let first: usize = 0

export function resetIds(): void {
  first = allocate(tables * tableBytes)
  memory.fill(first, 0, tables * tableBytes)
}

/** The number of the table that a digest belongs to. */
export function idTableOf(low: u64, hour: i64): u32 {
  return <u32>((<u64>hour * tablesAnHour + (low & (tablesAnHour - 1))) & <u64>(tables - 1))
}

function tableAt(number: u32): IdTable {
  return changetype<IdTable>(first + <usize>number * tableBytes)
}

function entryOf(table: IdTable, low: u64): usize {
  return table.entries + ((<usize>(low >> (64 - table.bits))) << 2)
}

/** What an entry has of a digest, above the bits of its number. */
function tagOf(table: IdTable, high: u64): u32 {
  return <u32>high & ~(((<u32>1) << table.bits) - 1)
}

/** Brings the entry of a digest into the cache, for `addId` to come. */
export function touchId(number: u32, low: u64): u64 {
  const table = tableAt(number)
  return table.bits == 0 ? 0 : load<u32>(entryOf(table, low))
}

/** Adds a digest to its table; false where it was there. */
export function addId(number: u32, low: u64, high: u64): bool {
  const table = tableAt(number)
  if (table.ids >= table.maxIds) grow(table)
  const numbers = ((<u32>1) << table.bits) - 1
  const tag = tagOf(table, high)
  const end = table.entries + ((<usize>4) << table.bits)
  let at = entryOf(table, low)
  for (let entry = load<u32>(at); entry != 0; entry = load<u32>(at)) {
    if ((entry & ~numbers) == tag) {
      const digest = digestAt(table, (entry & numbers) - 1)
      if (load<u64>(digest) == low && load<u64>(digest, 8) == high) return false
    }
    at += 4
    if (at == end) at = table.entries
  }
  const place = table.ids++
  store<u32>(at, tag | (place + 1))
  if ((place & (perPage - 1)) == 0) addPage(table, place >> 8)
  const digest = digestAt(table, place)
  store<u64>(digest, low)
  store<u64>(digest, high, 8)
  return true
}

function digestAt(table: IdTable, place: u32): usize {
  return (
    load<usize>(table.pages + ((<usize>(place >> 8)) << 2)) + (<usize>place & 255) * digestBytes
  )
}

function addPage(table: IdTable, page: u32): void {
  if (page == table.pageRoom) {
    const room = max<u32>(4, page * 2)
    const pages = allocate((<usize>room) << 2)
    memory.copy(pages, table.pages, (<usize>page) << 2)
    table.pages = pages
    table.pageRoom = room
  }
  store<usize>(table.pages + ((<usize>page) << 2), allocatePage())
}

function grow(table: IdTable): void {
  if (table.bits != 0) freeRun(table.entries, (<usize>4) << table.bits)
  table.bits = table.bits == 0 ? firstBits : table.bits + 1
  const bytes = (<usize>4) << table.bits
  table.entries = allocate(bytes)
  memory.fill(table.entries, 0, bytes)
  table.maxIds = <u32>(((<u64>4) << table.bits) / 5)
  const end = table.entries + bytes
  for (let place: u32 = 0; place < table.ids; place++) {
    const digest = digestAt(table, place)
    let at = entryOf(table, load<u64>(digest))
    while (load<u32>(at) != 0) {
      at += 4
      if (at == end) at = table.entries
    }
    store<u32>(at, tagOf(table, load<u64>(digest, 8)) | (place + 1))
  }
}
