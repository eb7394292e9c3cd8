/*
 * Events that were read wait for others, and are then counted together: the memory that each will need
 * is asked for before any of it is, so that the processor fetches it for all of them at once. Those that
 * are held (`held.ts`) wait until it was told which ids are new.
 */

import { addTo } from './add-up'
import { digestHigh, digestId, digestLow } from './digest'
import { Group, groupOf, hasEvents, isUncertain, touchEntry, touchGroup } from './groups'
import { addId, idTableOf, touchId } from './ids'
import { Key, keyOf } from './keys'
import { allocate, freeRun } from './memory'
import { Aggregation, aggregationBytes, Ids, plan, sourceBytes } from './plan'
import { numberOf, seen, textBytesOf, textOf } from './scan-event'
import { hourOf, Window, windowOf } from './windows'

/** An event that waits. Its sources and its keys stand behind it. */
@unmanaged
export class Staged {
  low: u64
  high: u64
  line: u32
  /** Where its window is known. */
  window: usize
  /** The sources that it has, a bit each. */
  has: u64
  /** What its group was last found by. */
  entry: u64
  /** The table of its id. */
  idTable: u32
  /** Of one that is held: its id has not come before. */
  isNew: u32
}

const headBytes: usize = 48
const countedAtOnce: u32 = 64

let ownStaged: usize = 0
let keysAt: usize = 0

/** Where events are staged, for how many there is room, and how many wait. */
export let staged: usize = 0
export let stagedBytes: usize = 0
let maxWaiting: u32 = 0
export let waiting: u32 = 0
let isHolding: bool = false

/** For each aggregation and line the line before it in its group. */
export let lineBefore: usize = 0
export let lineCount: u32 = 0
export const noLine: u32 = 0xffffffff

export let duplicates: u64 = 0
export let mayBeMissing: bool = false

export function resetStage(): void {
  keysAt = headBytes + ((<usize>plan.sources) << 3)
  stagedBytes = (keysAt + ((<usize>plan.aggregations) << 2) + 7) & ~7
  ownStaged = allocate(stagedBytes * countedAtOnce)
  stageHere(ownStaged, countedAtOnce, false)
  duplicates = 0
  mayBeMissing = false
}

function stageHere(at: usize, room: u32, holds: bool): void {
  staged = at
  maxWaiting = room
  isHolding = holds
  waiting = 0
}

/** Stages events there from now on, and counts none. */
export function beginHolding(at: usize, room: u32): void {
  stageHere(at, room, true)
}

export function endHolding(): void {
  stageHere(ownStaged, countedAtOnce, false)
}

export function roomWaiting(): u32 {
  return maxWaiting
}

export function setMayBeMissing(value: bool): void {
  mayBeMissing = value
}

export function setLineBefore(at: usize, lines: u32): void {
  lineBefore = at
  lineCount = lines
}

/** Takes the event that was read; false where the reference has to look at it. */
export function stage(line: u32, latestMs: f64): bool {
  if ((seen & plan.required) != plan.required) return false
  const ms = numberOf(plan.timeField)
  if (<f64>ms < plan.earliestMs || <f64>ms > latestMs) return false
  const window = windowOf(ms)
  if (window == 0) return false
  const at = staged + <usize>waiting * stagedBytes
  if (!stageSources(at)) return false
  const event = changetype<Staged>(at)
  event.line = line
  event.window = window
  if (plan.ids != Ids.Any) stageId(event, textOf(plan.idField), textBytesOf(plan.idField), ms)
  for (let number: u32 = 0; number < plan.aggregations; number++) {
    const aggregation = changetype<Aggregation>(plan.aggregation + <usize>number * aggregationBytes)
    store<usize>(
      at + keysAt + ((<usize>number) << 2),
      changetype<usize>(keyOf(aggregation, number)),
    )
  }
  if (++waiting == maxWaiting) makeRoom()
  return true
}

function stageId(event: Staged, from: usize, bytes: u32, ms: i64): void {
  const hour = plan.ids == Ids.Once ? 0 : hourOf(ms)
  digestId(from, bytes, hour)
  event.low = digestLow
  event.high = digestHigh
  event.idTable = idTableOf(digestLow, hour)
}

/** Stages the id of an event that the reference took and that has no window here; gives its number. */
export function stageIdOnly(from: usize, bytes: u32, ms: i64): u32 {
  const event = changetype<Staged>(staged + <usize>waiting * stagedBytes)
  event.window = 0
  stageId(event, from, bytes, ms)
  if (++waiting == maxWaiting) makeRoom()
  return waiting - 1
}

function makeRoom(): void {
  if (!isHolding) {
    flush()
    return
  }
  const bytes = stagedBytes * <usize>maxWaiting
  const larger = allocate(2 * bytes)
  memory.copy(larger, staged, bytes)
  freeRun(staged, bytes)
  staged = larger
  maxWaiting *= 2
}

/** False where a product may be more than an i64 holds. */
function stageSources(at: usize): bool {
  let has: u64 = 0
  for (let number: u32 = 0; number < plan.sources; number++) {
    const source = plan.source + <usize>number * sourceBytes
    const factors = load<u32>(source)
    let field = load<u32>(source, 4)
    let isThere = (seen >> field) & 1
    let value = numberOf(field)
    for (let factor: u32 = 1; factor < factors; factor++) {
      field = load<u32>(source + ((<usize>factor) << 2), 4)
      isThere &= seen >> field
      if (isThere == 0) break
      const other = numberOf(field)
      // Numbers of n and m bits have a product of n + m at most. One bit is for the sign, and one
      // keeps the bounds of an i64 free, which stand for no value.
      if (clz(abs(value)) + clz(abs(other)) < 66) return false
      value *= other
    }
    has |= isThere << number
    store<i64>(at + headBytes + ((<usize>number) << 3), value)
  }
  changetype<Staged>(at).has = has
  return true
}

// Keeps the compiler from leaving out what only fills the cache.
export let touched: u64 = 0
/** Counts what waits. */
export function flush(): void {
  if (isHolding) return
  if (plan.ids != Ids.Any) touchIds()
  touch(staged, waiting)
  for (let number: u32 = 0; number < waiting; number++) {
    const at = staged + <usize>number * stagedBytes
    const event = changetype<Staged>(at)
    const isNew = plan.ids == Ids.Any || addId(event.idTable, event.low, event.high)
    if (!isNew) duplicates++
    if (isNew || plan.marksUncertain) countEvent(at, event, isNew)
  }
  waiting = 0
}

/** Counts held events that are new and have a window here. */
export function countHeld(from: usize, count: u32): void {
  const end = from + <usize>count * stagedBytes
  for (let block = from; block < end; block += stagedBytes * countedAtOnce) {
    const blockEnd = min(end, block + stagedBytes * countedAtOnce)
    touch(block, <u32>((blockEnd - block) / stagedBytes))
    for (let at = block; at < blockEnd; at += stagedBytes) {
      const event = changetype<Staged>(at)
      if (event.window == 0) continue
      if (event.isNew) countEvent(at, event, true)
      else duplicates++
    }
  }
}

function touchIds(): void {
  let sum: u64 = 0
  for (let number: u32 = 0; number < waiting; number++) {
    const event = changetype<Staged>(staged + <usize>number * stagedBytes)
    sum += touchId(event.idTable, event.low)
  }
  touched = sum
}

function touch(from: usize, count: u32): void {
  const end = from + <usize>count * stagedBytes
  let sum: u64 = 0
  // Few aggregations are usual, and the first tells how far apart the groups are.
  for (let at = from; at < end; at += stagedBytes) {
    const event = changetype<Staged>(at)
    event.entry =
      event.window == 0
        ? 0
        : touchEntry(changetype<Key>(load<usize>(at + keysAt)), changetype<Window>(event.window))
  }
  for (let at = from; at < end; at += stagedBytes) sum += touchGroup(changetype<Staged>(at).entry)
  touched = sum
}

function countEvent(at: usize, event: Staged, isNew: bool): void {
  for (let number: u32 = 0; number < plan.aggregations; number++) {
    const aggregation = changetype<Aggregation>(plan.aggregation + <usize>number * aggregationBytes)
    const key = changetype<Key>(load<usize>(at + keysAt + ((<usize>number) << 2)))
    const group = groupOf(key, changetype<Window>(event.window))
    if (!isNew || mayBeMissing) group.key |= isUncertain
    if (!isNew) continue
    if (plan.byLine) noteLine(group, number, event.line)
    group.key |= hasEvents
    addTo(changetype<usize>(group), aggregation, at + headBytes, event.has)
  }
}

function noteLine(group: Group, aggregation: u32, line: u32): void {
  const isFirst = (group.key & hasEvents) == 0
  if (isFirst) group.firstLine = line
  const before = lineBefore + ((<usize>aggregation * <usize>lineCount + <usize>line) << 2)
  store<u32>(before, isFirst ? noLine : group.lastLine)
  group.lastLine = line
}
