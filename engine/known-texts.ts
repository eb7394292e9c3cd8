/*
 * A text that must match a pattern, or be one of some, is asked for outside, where the field itself
 * decides. What was taken is remembered: 64 short texts for each such field.
 */

import { Field } from './plan'

/** Whether the field takes the text. */
declare function takesText(field: u32, from: usize, bytes: u32): bool

const places: usize = 64
const placeBytes: usize = 32
const maxKnownBytes: u32 = 16

export const knownTextsBytes: usize = places * placeBytes

/** As many bytes of a vector as are asked for, counted back from its middle. */
const masks = memory.data<u8>([
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
])

/** The first bytes of what stands there, at most 16, and zeros. */
export function firstBytes(from: usize, bytes: u32): v128 {
  return v128.and(v128.load(from), v128.load(masks + 16 - bytes))
}

export function isTaken(field: Field, number: u32, from: usize, bytes: u32): bool {
  if (bytes > maxKnownBytes) return takesText(number, from, bytes)
  const text = firstBytes(from, bytes)
  const mixed = (i64x2.extract_lane(text, 0) ^ i64x2.extract_lane(text, 1)) * 0x9e3779b97f4a7c15
  const place = field.known + <usize>(<u64>mixed >> 58) * placeBytes
  // One more than its length, so that an empty place is no text.
  if (load<u32>(place, 16) == bytes + 1 && !v128.any_true(v128.xor(text, v128.load(place))))
    return true
  if (!takesText(number, from, bytes)) return false
  v128.store(place, text)
  store<u32>(place, bytes + 1, 16)
  return true
}
