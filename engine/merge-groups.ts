/*
 * The groups that several engines have of one key, each of them in the order of its windows, merged to
 * those that one engine would have.
 */

import { addGroupTo } from './add-up'
import { flags, Group } from './groups'
import { Aggregation } from './plan'
import { Window } from './windows'

/**
 * Copies groups that stand at `places` (u32) one behind the other. In place of where its window is known
 * each has the window's place in time, which other engines can make something of.
 */
export function copyGroups(aggregation: Aggregation, places: usize, count: u32, out: usize): void {
  for (let number: u32 = 0; number < count; number++) {
    const group = load<usize>(places + ((<usize>number) << 2))
    const copy = out + <usize>number * aggregation.groupBytes
    memory.copy(copy, group, aggregation.groupBytes)
    const copied = changetype<Group>(copy)
    copied.key &= flags
    copied.window = changetype<Window>(copied.window).order
  }
}

/** What one engine has of a key. 16 bytes. */
@unmanaged
class Part {
  group: usize
  end: usize
  /** Where each of its windows is known here (u32), in the order of time. */
  windows: usize
  unused: u32
}

const partBytes: usize = 16
const none: u32 = 0xffffffff

/** Merges parts into `out`, tells at `places` (u32) where each group stands, and gives their number. */
export function mergeParts(
  aggregation: Aggregation,
  from: usize,
  parts: u32,
  out: usize,
  places: usize,
): u32 {
  const end = from + <usize>parts * partBytes
  let groups: u32 = 0
  let at = out
  while (true) {
    let first = none
    for (let one = from; one < end; one += partBytes) {
      const part = changetype<Part>(one)
      if (part.group < part.end) first = min(first, windowOf(part).order)
    }
    if (first == none) return groups
    mergeWindow(aggregation, from, end, first, at)
    store<usize>(places + ((<usize>groups) << 2), at)
    at += aggregation.groupBytes
    groups++
  }
}

function mergeWindow(
  aggregation: Aggregation,
  from: usize,
  end: usize,
  order: u32,
  out: usize,
): void {
  let isFirst = true
  for (let one = from; one < end; one += partBytes) {
    const part = changetype<Part>(one)
    if (part.group == part.end) continue
    const window = windowOf(part)
    if (window.order != order) continue
    if (isFirst) {
      memory.copy(out, part.group, aggregation.groupBytes)
      changetype<Group>(out).window = changetype<usize>(window)
      isFirst = false
    } else addGroupTo(out, aggregation, part.group)
    part.group += aggregation.groupBytes
  }
}

function windowOf(part: Part): Window {
  const order = changetype<Group>(part.group).window
  return changetype<Window>(load<usize>(part.windows + (order << 2)))
}
