/*
 * SipHash-1-3 with 128 bits (Aumasson and Bernstein, SipHash: a fast short-input PRF, 2012, and its
 * reference implementation): keyed, so that nobody can make two ids that come to one digest.
 */

import { plan } from './plan'

export let digestLow: u64 = 0
export let digestHigh: u64 = 0

let v0: u64 = 0
let v1: u64 = 0
let v2: u64 = 0
let v3: u64 = 0

function round(): void {
  let a = v0
  let b = v1
  let c = v2
  let d = v3
  a += b
  c += d
  b = rotl<u64>(b, 13) ^ a
  d = rotl<u64>(d, 16) ^ c
  a = rotl<u64>(a, 32)
  c += b
  a += d
  b = rotl<u64>(b, 17) ^ c
  d = rotl<u64>(d, 21) ^ a
  c = rotl<u64>(c, 32)
  v0 = a
  v1 = b
  v2 = c
  v3 = d
}

function absorb(word: u64): void {
  v3 ^= word
  round()
  v0 ^= word
}

/** The digest of an id within an hour, in `digestLow` and `digestHigh`; never 0. */
export function digestId(from: usize, bytes: u32, hour: i64): void {
  v0 = plan.key0 ^ 0x736f6d6570736575
  v1 = plan.key1 ^ 0x646f72616e646f6d ^ 0xee
  v2 = plan.key0 ^ 0x6c7967656e657261
  v3 = plan.key1 ^ 0x7465646279746573
  absorb(<u64>hour)
  let at = from
  const end = from + bytes
  for (; at + 8 <= end; at += 8) absorb(load<u64>(at))
  const rest = <u64>(end - at)
  const tail = rest == 0 ? 0 : load<u64>(at) & (((<u64>1) << (rest << 3)) - 1)
  absorb(tail | ((<u64>(bytes + 8)) << 56))
  v2 ^= 0xee
  round()
  round()
  round()
  digestLow = v0 ^ v1 ^ v2 ^ v3
  v1 ^= 0xdd
  round()
  round()
  round()
  digestHigh = v0 ^ v1 ^ v2 ^ v3
  if ((digestLow | digestHigh) == 0) digestLow = 1
}
