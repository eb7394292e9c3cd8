/*
 * The engine: lines of events to totals, in WebAssembly. It takes a line only if it has read and checked
 * the whole of it, and stops at every other, which the reference then looks at. So it is never a second
 * opinion: whatever it takes comes out as the reference has it.
 *
 * Outside, `lib/core/engine` writes a plan, hands lines over, and reads groups out.
 */

import { digestHigh, digestId, digestLow } from './digest'
import { resetGroups } from './groups'
import { addId, idTableOf, resetIds } from './ids'
import { firstKey, resetKeys } from './keys'
import { allocate, resetMemory, usedBytes } from './memory'
import { copyGroups, mergeParts } from './merge-groups'
import { orderGroups, places } from './order-groups'
import { Aggregation, aggregationBytes, Ids, plan, setPlan } from './plan'
import { eventEnd, forgetLines, numberOf } from './scan-event'
import { skipSpace } from './skip-value'
import {
  duplicates,
  flush,
  resetStage,
  setLineBefore,
  setMayBeMissing,
  stage,
  stageIdOnly,
} from './stage'
import { bounds, firstWindow, forgetWindows, hourOf, resetWindows, windowNumbered } from './windows'

export {
  addDigests,
  countDigests,
  digestEnds,
  hold,
  isNewHeld,
  listDigests,
  newHeld,
} from './held'
export { writeRows } from './rows'
export { allocate, usedBytes, windowNumbered }

const lineFeed: u8 = 0x0a
const hourMs: i64 = 3600000

/** Where memory is free from. */
export function heapBase(): usize {
  return __heap_base
}

/** Frees all above `from`, which is where memory is free from, or the end of a plan. */
export function free(from: usize): void {
  resetMemory(from)
}

/** Begins with another plan. */
export function usePlan(at: usize): void {
  setPlan(at)
  forgetLines()
  forgetWindows()
}

/** Begins to count anew by the same plan. */
export function begin(): void {
  resetWindows()
  resetKeys()
  resetGroups()
  resetStage()
  if (plan.ids != Ids.Any) resetIds()
}

export function setUncertain(value: bool): void {
  setMayBeMissing(value)
}

export function windowBounds(): usize {
  return bounds
}

/** Where the line is that the reference has to look at, and where it ends; 0 where there is none. */
export let oddFrom: usize = 0
export let oddEnd: usize = 0

export let events: u64 = 0

/** Folds lines that each end with a line feed, up to an odd one; gives the place behind what it read. */
export function foldText(from: usize, to: usize, latestMs: f64): usize {
  let at = from
  oddFrom = 0
  let taken: u64 = 0
  while (at < to) {
    let end = eventEnd(at)
    if (end != 0 && load<u8>(end) != lineFeed) end = skipSpace(end)
    if (end == 0 || load<u8>(end) != lineFeed || !stage(0, latestMs)) {
      oddFrom = at
      oddEnd = lineEnd(at)
      end = oddEnd
      at = end + 1
      break
    }
    taken++
    at = end + 1
  }
  events += taken
  flush()
  return at
}

function lineEnd(from: usize): usize {
  let at = from
  while (true) {
    const bits = i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(lineFeed)))
    if (bits != 0) return at + ctz(bits)
    at += 16
  }
}

/**
 * Folds lines from `line` on, up to an odd one, whose number it gives. `starts`, `ends` (u32, from `text`)
 * and what comes after them have one entry a line; `arrived` (f64) may be 0. Each hour goes to `hours`.
 */
export function foldLines(
  text: usize,
  starts: usize,
  ends: usize,
  arrived: usize,
  hours: usize,
  line: u32,
  lines: u32,
): u32 {
  let at = line
  for (; at < lines; at++) {
    const place = (<usize>at) << 2
    const to = text + load<usize>(ends + place)
    const end = eventEnd(text + load<usize>(starts + place))
    if (end == 0 || end > to || spaceEnd(end, to) != to) break
    const latestMs = arrived == 0 ? Infinity : load<f64>(arrived + (place << 1)) + plan.maxAheadMs
    if (!stage(at, latestMs)) break
    events++
    if (hours != 0)
      store<f64>(hours + (place << 1), <f64>(hourOf(numberOf(plan.timeField)) * hourMs))
  }
  flush()
  return at
}

function spaceEnd(from: usize, to: usize): usize {
  let at = from
  while (at < to) {
    const byte = load<u8>(at)
    if (byte != 0x20 && byte != lineFeed && byte != 0x0d && byte != 0x09) return at
    at++
  }
  return at
}

/** Adds the id of an event that the reference took; false where it was there. */
export function addTextId(from: usize, bytes: u32, ms: f64): bool {
  const hour = plan.ids == Ids.Once ? 0 : hourOf(<i64>ms)
  digestId(from, bytes, hour)
  return addId(idTableOf(digestLow, hour), digestLow, digestHigh)
}

/** Holds the id of an event that the reference took, and gives its number among those that are held. */
export function holdTextId(from: usize, bytes: u32, ms: f64): u32 {
  return stageIdOnly(from, bytes, <i64>ms)
}

export function linesOfGroups(lineBefore: usize, lines: u32): void {
  setLineBefore(lineBefore, lines)
}

export function duplicatesDropped(): u64 {
  return duplicates
}

export function firstKeyAt(): usize {
  return firstKey
}

function aggregationAt(number: u32): Aggregation {
  return changetype<Aggregation>(plan.aggregation + <usize>number * aggregationBytes)
}

/** Puts the groups of an aggregation in the order that its keys and windows have. */
export function order(aggregation: u32, keys: u32, windows: u32): usize {
  return orderGroups(aggregationAt(aggregation), keys, windows)
}

/** Copies groups of the first aggregation, for another engine to merge. */
export function copyOut(places: usize, count: u32, out: usize): void {
  copyGroups(aggregationAt(0), places, count, out)
}

/** Merges what several engines have of a key of the first aggregation. */
export function merge(parts: usize, count: u32, out: usize, places: usize): u32 {
  return mergeParts(aggregationAt(0), parts, count, out, places)
}

export function placesAt(): usize {
  return places
}

export function firstWindowAt(): usize {
  return firstWindow
}

export function firstPageOf(aggregation: u32): usize {
  return aggregationAt(aggregation).firstPage
}

export function groupsOf(aggregation: u32): u32 {
  return aggregationAt(aggregation).groups
}
