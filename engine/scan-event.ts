/*
 * One line to the values of its event. A line is taken only where the whole of it is JSON, and every
 * field is what the definition asks for, in a spelling that needs no second thought; otherwise the line
 * is left to the reference, which alone refuses.
 *
 * Most lines spell their members as the line before did, so the bytes from the end of one value to the
 * beginning of the next (`,"name":`) are kept for each place, and compared whole.
 */

import { firstBytes, isTaken } from './known-texts'
import { Field, FieldKind, fieldBytes, plan } from './plan'
import {
  decimalEnd,
  decimals,
  digitCount,
  digits,
  isNegative,
  noUnits,
  powerOfTen,
  unitsOf,
} from './scan-number'
import { escapedTextEnd, plainTextEnd, quote, unescapedEnd } from './scan-text'
import { isInNamedYears, rfc3339End, timeMs } from './scan-time'
import { skipSpace, valueEnd } from './skip-value'

/** A field's value: a number or a time, or where a text stands and how many bytes it has. */
export const values = memory.data(1024, 16)

/** The fields that the line has, a bit each. */
export let seen: u64 = 0

export function numberOf(field: u32): i64 {
  return load<i64>(values + ((<usize>field) << 4))
}

export function textOf(field: u32): usize {
  return load<usize>(values + ((<usize>field) << 4))
}

export function textBytesOf(field: u32): u32 {
  return load<u32>(values + ((<usize>field) << 4), 8)
}

function put(field: u32, value: i64): void {
  store<i64>(values + ((<usize>field) << 4), value)
}

/** Texts of the line that had escapes, one behind the other, and where the next goes. */
const unescapedTexts = memory.data(8208, 16)
const unescapedBytes: usize = 8192
let unescaped: usize = 0

/** Places of members that are guessed, of 48 bytes each. */
const guessedPlaces: usize = 64
const guesses = memory.data(3072, 16)
const guessBytes: usize = 48
const maxGapBytes: usize = 32
/** How long the gap is, behind its bytes; 0 where nothing is known. */
const gapLengthAt: usize = 32
const gapFieldAt: usize = 36

const unknown: u32 = 0xffffffff

/** Forgets what lines looked like, as another definition needs. */
export function forgetLines(): void {
  memory.fill(guesses, 0, guessBytes * guessedPlaces)
}

/** The field that the last gap named. */
let namedField: u32 = 0

/** The end of the object that begins there; 0 where it is not taken. */
export function eventEnd(from: usize): usize {
  let at = from
  let have: u64 = 0
  let guess = guesses
  unescaped = unescapedTexts
  while (true) {
    const gapBytes = <usize>load<u32>(guess, gapLengthAt)
    let field: u32
    if (gapBytes != 0 && hasGap(at, guess, <u32>gapBytes)) {
      field = load<u32>(guess, gapFieldAt)
      at += gapBytes
    } else {
      const value = readGap(at, at == from)
      if (value == 0) return 0
      field = namedField
      if (value - at <= maxGapBytes) keepGap(guess, at, <u32>(value - at), field)
      at = value
    }
    if (field == unknown) {
      at = valueEnd(at)
    } else {
      const bit = (<u64>1) << field
      // Of a name that is there twice the last counts, which the reference knows to find.
      if (have & bit) return 0
      const value = fieldEnd(field, at)
      if (value == 0) {
        // Null is as good as absent, where a field may be so.
        at = optionalNullEnd(field, at)
      } else {
        have |= bit
        at = value
      }
    }
    if (at == 0) return 0
    if (load<u8>(at) == 0x7d) break
    guess += guessBytes
    if (guess >= guesses + guessBytes * guessedPlaces) return 0
    if (load<u8>(at) != 0x2c) {
      const end = skipSpace(at)
      if (load<u8>(end) == 0x7d) {
        at = end
        break
      }
    }
  }
  seen = have
  return at + 1
}

function hasGap(at: usize, guess: usize, bytes: u32): bool {
  if (bytes <= 16) {
    return !v128.any_true(v128.xor(firstBytes(at, bytes), v128.load(guess)))
  }
  const isSame =
    !v128.any_true(v128.xor(v128.load(at), v128.load(guess))) &&
    !v128.any_true(v128.xor(firstBytes(at + 16, bytes - 16), v128.load(guess, 16)))
  return isSame
}

function keepGap(guess: usize, from: usize, bytes: u32, field: u32): void {
  v128.store(guess, firstBytes(from, min(bytes, 16)))
  v128.store(guess, firstBytes(from + 16, bytes > 16 ? bytes - 16 : 0), 16)
  store<u32>(guess, bytes, gapLengthAt)
  store<u32>(guess, field, gapFieldAt)
}

/** From the end of a value to the beginning of the next; 0 where no member follows. */
function readGap(from: usize, isFirst: bool): usize {
  let at = isFirst ? from : skipSpace(from)
  if (load<u8>(at) != <u8>(isFirst ? 0x7b : 0x2c)) return 0
  at = skipSpace(at + 1)
  if (load<u8>(at) != quote) return 0
  const name = at + 1
  const end = plainTextEnd(name)
  if (end == 0) return 0
  namedField = fieldNamed(name, <u32>(end - name))
  at = skipSpace(end + 1)
  return load<u8>(at) == 0x3a ? skipSpace(at + 1) : 0
}

function fieldNamed(name: usize, bytes: u32): u32 {
  for (let number: u32 = 0; number < plan.fields; number++) {
    const field = changetype<Field>(plan.field + <usize>number * fieldBytes)
    if (field.nameBytes == bytes && memory.compare(field.name, name, bytes) == 0) return number
  }
  return unknown
}

function optionalNullEnd(number: u32, at: usize): usize {
  const field = changetype<Field>(plan.field + <usize>number * fieldBytes)
  return field.optional && load<u32>(at) == 0x6c6c756e ? at + 4 : 0
}

/** The end of a field's value, which is then put into `values`; 0 where it is not taken. */
function fieldEnd(number: u32, from: usize): usize {
  const field = changetype<Field>(plan.field + <usize>number * fieldBytes)
  switch (field.kind) {
    case FieldKind.Text: {
      if (load<u8>(from) != quote) return 0
      let text = from + 1
      let end = plainTextEnd(text)
      let textEnd = end
      if (end == 0) {
        text = unescaped
        end = escapedTextEnd(from + 1, text, unescapedTexts + unescapedBytes)
        if (end == 0) return 0
        textEnd = unescapedEnd
        unescaped = textEnd
      }
      const bytes = <u32>(textEnd - text)
      if (bytes < field.minBytes || bytes > field.maxBytes) return 0
      if (field.known != 0 && !isTaken(field, number, text, bytes)) return 0
      put(number, <i64>text)
      store<u32>(values + ((<usize>number) << 4), bytes, 8)
      return end + 1
    }
    case FieldKind.Number: {
      const end = quotedDecimalEnd(from)
      if (end == 0) return 0
      const units = unitsOf(field.scale)
      if (units == noUnits || units < field.min || units > field.max) return 0
      put(number, units)
      return end
    }
    case FieldKind.Rfc3339: {
      if (load<u8>(from) != quote) return 0
      const end = rfc3339End(from + 1)
      if (end == 0 || load<u8>(end) != quote) return 0
      put(number, timeMs)
      return end + 1
    }
    default: {
      const end = quotedDecimalEnd(from)
      // A time before 1970 is rounded down, which the reference does.
      if (end == 0 || isNegative || digitCount > maxEpochDigits) return 0
      const perSecond = field.kind == FieldKind.EpochSeconds ? <i64>1000 : 1
      const ms = (digits * perSecond) / powerOfTen(decimals)
      if (!isInNamedYears(ms)) return 0
      put(number, ms)
      return end
    }
  }
}

const maxEpochDigits: i32 = 15

/** A number, or a string that holds one. */
function quotedDecimalEnd(from: usize): usize {
  if (load<u8>(from) != quote) return decimalEnd(from)
  const end = decimalEnd(from + 1)
  return end != 0 && load<u8>(end) == quote ? end + 1 : 0
}
