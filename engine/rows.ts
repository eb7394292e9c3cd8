/*
 * Groups as lines of text: what a window begins a row with, its key, and its numbers with what stands
 * before each. What these texts are is decided outside.
 */

import { Group } from './groups'
import { Op } from './plan'
import { Window } from './windows'

/** A measure's number, and what stands before it. 32 bytes. */
@unmanaged
class Column {
  op: u32
  /** Where the number stands in a group. */
  offset: u32
  scale: u32
  before: usize
  beforeBytes: u32
  /** What stands in place of no number. */
  none: usize
  noneBytes: u32
  unused: u32
}

const columnBytes: usize = 32

/** What all rows are made of: their columns, and how they end. */
@unmanaged
class Rows {
  columns: u32
  column: usize
  end: usize
  endBytes: u32
}

/**
 * Writes the rows of one key, whose groups stand at `places` (u32), and gives the end of the text. There
 * has to be room for all, and 16 bytes more behind each text.
 */
export function writeRows(
  rowsAt: usize,
  places: usize,
  count: u32,
  key: usize,
  keyBytes: u32,
  out: usize,
): usize {
  const rows = changetype<Rows>(rowsAt)
  const columnsEnd = rows.column + <usize>rows.columns * columnBytes
  let at = out
  for (let place: u32 = 0; place < count; place++) {
    const group = load<usize>(places + ((<usize>place) << 2))
    const window = changetype<Window>(changetype<Group>(group).window)
    at = copy(at, window.text, window.textBytes)
    at = copy(at, key, keyBytes)
    for (let column = rows.column; column < columnsEnd; column += columnBytes) {
      at = writeColumn(at, group, changetype<Column>(column))
    }
    at = copy(at, rows.end, rows.endBytes)
  }
  return at
}

function writeColumn(out: usize, group: usize, column: Column): usize {
  const at = copy(out, column.before, column.beforeBytes)
  const place = group + <usize>column.offset
  const low = load<i64>(place)
  if (column.op == Op.Sum) {
    const high = load<i64>(place, 8)
    if (high != low >> 63) return writeWide(at, <u64>low, high, column.scale)
  } else if (
    (column.op == Op.Min && low == i64.MAX_VALUE) ||
    (column.op == Op.Max && low == i64.MIN_VALUE)
  ) {
    return copy(at, column.none, column.noneBytes)
  }
  return writeDecimal(at, <u64>(low < 0 ? -low : low), low < 0, column.scale)
}

/** Writes whole vectors, so what stands behind is overwritten. */
function copy(to: usize, from: usize, bytes: u32): usize {
  for (let at: usize = 0; at < <usize>bytes; at += 16) v128.store(to + at, v128.load(from + at))
  return to + bytes
}

/**
 * Digits of one number, the last at the end, and what is copied with them behind. A product of 7 numbers of
 * 15 decimals has 105, and a zero before them.
 */
const digits = memory.data(144, 16)
const digitsEnd: usize = digits + 112

function writeDecimal(out: usize, value: u64, isNegative: bool, scale: u32): usize {
  let from = digitsEnd
  let rest = value
  do {
    const next = rest / 10
    store<u8>(--from, <u8>(rest - next * 10) + 0x30)
    rest = next
  } while (rest != 0)
  return writeDigits(out, from, isNegative, scale)
}

/** Of 128 bits, nine digits at a time. */
function writeWide(out: usize, low: u64, high: i64, scale: u32): usize {
  const isNegative = high < 0
  let lower = low
  let upper = <u64>high
  if (isNegative) {
    lower = 0 - lower
    upper = ~upper + <u64>(lower == 0)
  }
  let from = digitsEnd
  while ((upper | lower) != 0) {
    let rest: u64 = upper >> 32
    const first = rest / 1000000000
    rest = ((rest % 1000000000) << 32) | (upper & 0xffffffff)
    const second = rest / 1000000000
    rest = ((rest % 1000000000) << 32) | (lower >> 32)
    const third = rest / 1000000000
    rest = ((rest % 1000000000) << 32) | (lower & 0xffffffff)
    const fourth = rest / 1000000000
    rest = rest % 1000000000
    upper = (first << 32) | second
    lower = (third << 32) | fourth
    for (let digit = 0; digit < 9; digit++) {
      store<u8>(--from, <u8>(rest % 10) + 0x30)
      rest /= 10
    }
  }
  while (load<u8>(from) == 0x30) from++
  return writeDigits(out, from, isNegative, scale)
}

/** The canonical text of digits: no zeros that don't count, as `formatUnits` has it. */
function writeDigits(out: usize, first: usize, isNegative: bool, scale: u32): usize {
  let from = first
  let at = out
  if (isNegative) store<u8>(at++, 0x2d)
  while (digitsEnd - from <= <usize>scale) store<u8>(--from, 0x30)
  const point = digitsEnd - <usize>scale
  at = copy(at, from, <u32>(point - from))
  let end = digitsEnd
  while (end > point && load<u8>(end - 1) == 0x30) end--
  if (end == point) return at
  store<u8>(at++, 0x2e)
  return copy(at, point, <u32>(end - point))
}
