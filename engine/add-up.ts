/*
 * What a group adds up: the numbers of an event, or another group of the same key and window.
 */

import { Accumulator, Aggregation, accumulatorBytes, Op } from './plan'

/** Adds an event, of whose sources `has` tells with a bit each which it has. */
export function addTo(group: usize, aggregation: Aggregation, sources: usize, has: u64): void {
  let one = aggregation.accumulator
  const end = one + <usize>aggregation.accumulators * accumulatorBytes
  for (; one < end; one += accumulatorBytes) {
    const accumulator = changetype<Accumulator>(one)
    const place = group + <usize>accumulator.offset
    if (accumulator.op == Op.Count) {
      store<i64>(place, load<i64>(place) + 1)
      continue
    }
    if (((has >> accumulator.source) & 1) == 0) continue
    const value = load<i64>(sources + ((<usize>accumulator.source) << 3))
    switch (accumulator.op) {
      case Op.Sum: {
        const low = load<u64>(place)
        const sum = low + <u64>value
        store<u64>(place, sum)
        // The carry, and the sign of what is added.
        store<i64>(place, load<i64>(place, 8) + (value >> 63) + <i64>(sum < low), 8)
        break
      }
      case Op.Min:
        if (value < load<i64>(place)) store<i64>(place, value)
        break
      case Op.Max:
        if (value > load<i64>(place)) store<i64>(place, value)
        break
      default:
        store<i64>(place, load<i64>(place) + 1)
    }
  }
}

/** Adds what another group has added up. */
export function addGroupTo(group: usize, aggregation: Aggregation, other: usize): void {
  let one = aggregation.accumulator
  const end = one + <usize>aggregation.accumulators * accumulatorBytes
  for (; one < end; one += accumulatorBytes) {
    const accumulator = changetype<Accumulator>(one)
    const place = group + <usize>accumulator.offset
    const value = load<i64>(other + <usize>accumulator.offset)
    switch (accumulator.op) {
      case Op.Sum: {
        const low = load<u64>(place)
        const sum = low + <u64>value
        store<u64>(place, sum)
        const high = load<i64>(other + <usize>accumulator.offset, 8)
        store<i64>(place, load<i64>(place, 8) + high + <i64>(sum < low), 8)
        break
      }
      case Op.Min:
        if (value < load<i64>(place)) store<i64>(place, value)
        break
      case Op.Max:
        if (value > load<i64>(place)) store<i64>(place, value)
        break
      default:
        store<i64>(place, load<i64>(place) + value)
    }
  }
}
