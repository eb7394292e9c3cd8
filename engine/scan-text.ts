/*
 * JSON strings. Every function takes the place behind the opening quote, and gives that of the closing
 * one, or 0 where the string is not one, or not UTF-8. A control character ends every search, and one
 * stands behind all input.
 */

export const quote: u8 = 0x22
export const backslash: u8 = 0x5c

/** A bit for each of 16 bytes that is a quote, a backslash, a control character or not ASCII. */
function telling(bytes: v128): i32 {
  // As signed numbers, bytes that are not ASCII are below the control characters.
  const odd = i8x16.lt_s(bytes, i8x16.splat(0x20))
  const quotes = i8x16.eq(bytes, i8x16.splat(0x22))
  const escapes = i8x16.eq(bytes, i8x16.splat(0x5c))
  return i8x16.bitmask(v128.or(v128.or(odd, quotes), escapes))
}

function nextTelling(from: usize): usize {
  let at = from
  let bits = telling(v128.load(at))
  while (bits == 0) {
    at += 16
    bits = telling(v128.load(at))
  }
  return at + ctz(bits)
}

/** The end of a string without escapes. */
export function plainTextEnd(from: usize): usize {
  const at = nextTelling(from)
  return load<u8>(at) == quote ? at : oddTextEnd(at, false)
}

/** The end of a string whose content does not matter. */
export function textEnd(from: usize): usize {
  const at = nextTelling(from)
  return load<u8>(at) == quote ? at : oddTextEnd(at, true)
}

function oddTextEnd(from: usize, mayEscape: bool): usize {
  let at = from
  while (true) {
    const byte = load<u8>(at)
    if (byte == quote) return at
    if (byte >= 0x80) {
      const length = characterBytes(at, byte)
      if (length == 0) return 0
      at += length
      // Text that is not ASCII seldom is alone.
      if (load<u8>(at) >= 0x80) continue
    } else if (byte == backslash && mayEscape) {
      const length = escapeBytes(at)
      if (length == 0) return 0
      at += length
    } else {
      return 0
    }
    at = nextTelling(at)
  }
}

function escapeBytes(at: usize): usize {
  switch (load<u8>(at, 1)) {
    case 0x22: // "
    case 0x5c: // \
    case 0x2f: // /
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return 2
    case 0x75: // u
      return isHex(load<u8>(at, 2)) &&
        isHex(load<u8>(at, 3)) &&
        isHex(load<u8>(at, 4)) &&
        isHex(load<u8>(at, 5))
        ? 6
        : 0
    default:
      return 0
  }
}

function isHex(byte: u8): bool {
  return hexValue(byte) < 16
}

/** 16 or more where it is no digit. */
function hexValue(byte: u8): u32 {
  const digit = <u32>byte - 0x30
  if (digit < 10) return digit
  const letter = (<u32>byte | 0x20) - 0x61
  return letter < 6 ? letter + 10 : 16
}

/** Where the text ends that was unescaped last. */
export let unescapedEnd: usize = 0

/**
 * The end of a string whose text is put there without its escapes, in UTF-8, if there is room for it up
 * to `outEnd`. Half of a surrogate pair is left to the reference.
 */
export function escapedTextEnd(from: usize, out: usize, outEnd: usize): usize {
  let at = from
  let to = out
  while (true) {
    const next = nextTelling(at)
    if (to + (next - at) + maxCharacterBytes > outEnd) return 0
    memory.copy(to, at, next - at)
    to += next - at
    at = next
    const byte = load<u8>(at)
    if (byte == quote) {
      unescapedEnd = to
      return at
    }
    if (byte >= 0x80) {
      const length = characterBytes(at, byte)
      if (length == 0) return 0
      store<u32>(to, load<u32>(at))
      to += length
      at += length
      continue
    }
    const length = byte == backslash ? escapeBytes(at) : 0
    if (length == 0) return 0
    if (length == 2) {
      store<u8>(to++, plainOf(load<u8>(at, 1)))
      at += 2
      continue
    }
    let character = fourHex(at + 2)
    at += 6
    if (character >= 0xd800 && character < 0xe000) {
      if (character >= 0xdc00 || load<u16>(at) != escapedUnit || escapeBytes(at) != 6) return 0
      const low = fourHex(at + 2)
      if (low < 0xdc00 || low >= 0xe000) return 0
      character = 0x10000 + ((character - 0xd800) << 10) + (low - 0xdc00)
      at += 6
    }
    to = putCharacter(to, character)
  }
}

const maxCharacterBytes: usize = 4

/** `\u`, the first byte lowest. */
const escapedUnit: u16 = 0x755c

/** What the letter behind a backslash stands for. */
function plainOf(letter: u8): u8 {
  switch (letter) {
    case 0x62: // b
      return 0x08
    case 0x66: // f
      return 0x0c
    case 0x6e: // n
      return 0x0a
    case 0x72: // r
      return 0x0d
    case 0x74: // t
      return 0x09
    default:
      return letter
  }
}

function fourHex(at: usize): u32 {
  let value: u32 = 0
  for (let digit: usize = 0; digit < 4; digit++)
    value = (value << 4) | hexValue(load<u8>(at + digit))
  return value
}

/** Puts a character there in UTF-8, and gives its end. */
function putCharacter(to: usize, character: u32): usize {
  if (character < 0x80) {
    store<u8>(to, <u8>character)
    return to + 1
  }
  if (character < 0x800) {
    store<u8>(to, <u8>(0xc0 | (character >> 6)))
    return putLast(to + 1, character)
  }
  if (character < 0x10000) {
    store<u8>(to, <u8>(0xe0 | (character >> 12)))
    putLast(to + 1, character >> 6)
    return putLast(to + 2, character)
  }
  store<u8>(to, <u8>(0xf0 | (character >> 18)))
  putLast(to + 1, character >> 12)
  putLast(to + 2, character >> 6)
  return putLast(to + 3, character)
}

function putLast(to: usize, character: u32): usize {
  store<u8>(to, <u8>(0x80 | (character & 0x3f)))
  return to + 1
}

function continues(at: usize): bool {
  return (load<u8>(at) & 0xc0) == 0x80
}

/** The bytes of a character that is not ASCII; 0 where it is none (The Unicode Standard, table 3-7). */
function characterBytes(at: usize, first: u8): usize {
  if (first < 0xc2 || first > 0xf4) return 0
  const second = load<u8>(at, 1)
  if (first < 0xe0) return (second & 0xc0) == 0x80 ? 2 : 0
  let least: u8 = 0x80
  let most: u8 = 0xbf
  if (first == 0xe0) least = 0xa0
  else if (first == 0xed) most = 0x9f
  else if (first == 0xf0) least = 0x90
  else if (first == 0xf4) most = 0x8f
  if (second < least || second > most || !continues(at + 2)) return 0
  if (first < 0xf0) return 3
  return continues(at + 3) ? 4 : 0
}
