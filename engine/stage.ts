/*
 * Events that were read wait for others, and are then counted together: the memory that each will need
 * is asked for before any of it is, so that the processor fetches it for all of them at once.
 */

import { digestHigh, digestId, digestLow } from './digest'
import { Group, groupOf, hasEvents, isUncertain, touchEntry, touchGroup } from './groups'
import { addId, idTableOf, touchId } from './ids'
import { Key, keyOf } from './keys'
import { allocate } from './memory'
import {
  Accumulator,
  Aggregation,
  accumulatorBytes,
  aggregationBytes,
  Ids,
  Op,
  plan,
  sourceBytes,
} from './plan'
import { numberOf, seen, textBytesOf, textOf } from './scan-event'
import { hourOf, Window, windowOf } from './windows'

/** An event that waits. Its sources and its keys stand behind it. */
@unmanaged
class Staged {
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
}

const headBytes: usize = 48
const maxStaged: u32 = 64

let staged: usize = 0
let stagedBytes: usize = 0
let keysAt: usize = 0
let waiting: u32 = 0

/** For each aggregation and line the line before it in its group. */
export let lineBefore: usize = 0
export let lineCount: u32 = 0
export const noLine: u32 = 0xffffffff

export let duplicates: u64 = 0
export let mayBeMissing: bool = false

export function resetStage(): void {
  keysAt = headBytes + ((<usize>plan.sources) << 3)
  stagedBytes = (keysAt + ((<usize>plan.aggregations) << 2) + 7) & ~7
  staged = allocate(stagedBytes * maxStaged)
  waiting = 0
  duplicates = 0
  mayBeMissing = false
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
  if (plan.ids != Ids.Any) {
    const hour = plan.ids == Ids.Once ? 0 : hourOf(ms)
    digestId(textOf(plan.idField), textBytesOf(plan.idField), hour)
    event.low = digestLow
    event.high = digestHigh
    event.idTable = idTableOf(digestLow, hour)
  }
  for (let number: u32 = 0; number < plan.aggregations; number++) {
    const aggregation = changetype<Aggregation>(plan.aggregation + <usize>number * aggregationBytes)
    store<usize>(
      at + keysAt + ((<usize>number) << 2),
      changetype<usize>(keyOf(aggregation, number)),
    )
  }
  if (++waiting == maxStaged) flush()
  return true
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
  touch()
  for (let number: u32 = 0; number < waiting; number++) {
    const at = staged + <usize>number * stagedBytes
    const event = changetype<Staged>(at)
    const isNew = plan.ids == Ids.Any || addId(event.idTable, event.low, event.high)
    if (!isNew) duplicates++
    if (isNew || plan.marksUncertain) countEvent(at, event, isNew)
  }
  waiting = 0
}

function touch(): void {
  let sum: u64 = 0
  if (plan.ids != Ids.Any) {
    for (let number: u32 = 0; number < waiting; number++) {
      const event = changetype<Staged>(staged + <usize>number * stagedBytes)
      sum += touchId(event.idTable, event.low)
    }
  }
  // Few aggregations are usual, and the first tells how far apart the groups are.
  for (let number: u32 = 0; number < waiting; number++) {
    const at = staged + <usize>number * stagedBytes
    const key = changetype<Key>(load<usize>(at + keysAt))
    const entry = touchEntry(key, changetype<Window>(changetype<Staged>(at).window))
    changetype<Staged>(at).entry = entry
  }
  for (let number: u32 = 0; number < waiting; number++) {
    sum += touchGroup(changetype<Staged>(staged + <usize>number * stagedBytes).entry)
  }
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
    addTo(changetype<usize>(group), aggregation, at, event.has)
  }
}

function noteLine(group: Group, aggregation: u32, line: u32): void {
  const isFirst = (group.key & hasEvents) == 0
  if (isFirst) group.firstLine = line
  const before = lineBefore + ((<usize>aggregation * <usize>lineCount + <usize>line) << 2)
  store<u32>(before, isFirst ? noLine : group.lastLine)
  group.lastLine = line
}

function addTo(group: usize, aggregation: Aggregation, event: usize, has: u64): void {
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
    const value = load<i64>(event + headBytes + ((<usize>accumulator.source) << 3))
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
