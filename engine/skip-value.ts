/* Values that nobody asks for are read all the same, since a line counts only if the whole of it is JSON. */

import { numberEnd } from './scan-number'
import { quote, textEnd } from './scan-text'

/** Deeper ones are left to the reference, which allows 256. */
const maxDepth: u32 = 63

/** White space but line feeds, which end a line of a text. */
export function skipSpace(from: usize): usize {
  let at = from
  for (let byte = load<u8>(at); byte == 0x20 || byte == 0x09 || byte == 0x0d; byte = load<u8>(at))
    at++
  return at
}

/** The end of any JSON value, or 0. */
export function valueEnd(from: usize): usize {
  const first = load<u8>(from)
  if (first == quote) {
    const end = textEnd(from + 1)
    return end == 0 ? 0 : end + 1
  }
  if (first == 0x7b || first == 0x5b) return nestedEnd(from)
  return scalarEnd(from, first)
}

function scalarEnd(from: usize, first: u8): usize {
  switch (first) {
    case 0x6e: // null
      return load<u32>(from) == 0x6c6c756e ? from + 4 : 0
    case 0x74: // true
      return load<u32>(from) == 0x65757274 ? from + 4 : 0
    case 0x66: // false
      return load<u32>(from, 1) == 0x65736c61 ? from + 5 : 0
    default:
      return numberEnd(from)
  }
}

/** Behind a name, its colon, and white space around both. */
function memberValue(from: usize): usize {
  if (load<u8>(from) != quote) return 0
  const end = textEnd(from + 1)
  if (end == 0) return 0
  const colon = skipSpace(end + 1)
  return load<u8>(colon) == 0x3a ? skipSpace(colon + 1) : 0
}

function nestedEnd(from: usize): usize {
  let at = from
  let depth: u32 = 0
  // A bit for each level, the innermost lowest: whether it is an object.
  let objects: u64 = 0
  while (true) {
    const first = load<u8>(at)
    if (first == 0x7b || first == 0x5b) {
      if (++depth > maxDepth) return 0
      const isObject = first == 0x7b
      objects = (objects << 1) | <u64>isObject
      at = skipSpace(at + 1)
      // Brackets end two characters behind where they begin.
      if (load<u8>(at) != first + 2) {
        if (isObject) at = memberValue(at)
        if (at == 0) return 0
        continue
      }
    } else {
      if (first == quote) {
        at = textEnd(at + 1)
        if (at != 0) at++
      } else {
        at = scalarEnd(at, first)
      }
      if (at == 0) return 0
      at = skipSpace(at)
    }
    // Behind a value, or at the end of an empty one.
    while (true) {
      const isObject = (objects & 1) != 0
      const byte = load<u8>(at)
      if (byte == 0x2c) {
        at = skipSpace(at + 1)
        if (isObject) at = memberValue(at)
        if (at == 0) return 0
        break
      }
      if (byte != <u8>(isObject ? 0x7d : 0x5d)) return 0
      at++
      if (--depth == 0) return at
      objects >>= 1
      at = skipSpace(at)
    }
  }
}
