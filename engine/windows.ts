/*
 * The windows that events are in, each with a table of its groups: events of one window come near each
 * other, and so do these in memory.
 */

import { allocate, freeRun } from './memory'
import { plan } from './plan'

const minuteMs: i64 = 60000
const hourMs: i64 = 3600000

/** A window, and its table with open addresses: 8 bytes for each group, as many as 2^bits. */
@unmanaged
export class Window {
  /** A minute since the plan's first, or what was told outside. */
  number: u32
  bits: u32
  table: usize
  groups: u32
  /** The window that came after it. */
  next: usize
  /** What rows of it begin with, once that is known. */
  text: usize
  textBytes: u32
  /** Its place in time among all, once that is known. */
  order: u32
}

const windowBytes: usize = 32
const firstBits: u32 = 3

/** The number of the window that an instant is in, whose bounds are then put into `bounds`. */
declare function windowAt(ms: f64): u32

/** Where a window begins and ends (epoch ms, f64). */
export const bounds = memory.data(16, 8)

let fromMs: i64 = 0
let toMs: i64 = 0
let window: usize = 0

// Hours that lie in one window: the hour (i64), and the window's number.
const cachedHours: u64 = 1024
const hours = memory.data(16384, 8)
const hourBytes: usize = 16

// Windows by their numbers: a table with open addresses of places, of which 0 is none.
let known: usize = 0
let knownBits: u32 = 0
let knownWindows: u32 = 0

export let firstWindow: usize = 0
let lastWindow: usize = 0

const firstKnownBits: u32 = 6

/** Forgets which windows instants are in, as another definition needs. */
export function forgetWindows(): void {
  // So many hours after 1970 is no time that a field takes.
  memory.fill(hours, 0x7f, hourBytes * <usize>cachedHours)
}

export function resetWindows(): void {
  fromMs = 0
  toMs = 0
  knownBits = firstKnownBits
  knownWindows = 0
  firstWindow = 0
  lastWindow = 0
  known = cleared((<usize>4) << knownBits)
  memory.fill(outgrown, 0, outgrownBytes)
}

function cleared(bytes: usize): usize {
  const at = allocate(bytes)
  memory.fill(at, 0, bytes)
  return at
}

function floorTo(ms: i64, unitMs: i64): i64 {
  const rest = ms % unitMs
  return rest < 0 ? ms - rest - unitMs : ms - rest
}

let hourFromMs: i64 = 0
let lastHour: i64 = 0

/** The number of the hour (UTC) that an instant is in, from 1970 on. */
export function hourOf(ms: i64): i64 {
  // A division takes as long as all else here.
  if (ms < hourFromMs || ms >= hourFromMs + hourMs) {
    hourFromMs = floorTo(ms, hourMs)
    lastHour = hourFromMs / hourMs
  }
  return lastHour
}

/** Where the window of an instant is known; 0 where it has no number. */
export function windowOf(ms: i64): usize {
  return ms >= fromMs && ms < toMs ? window : otherWindow(ms)
}

function otherWindow(ms: i64): usize {
  if (plan.asksForWindows) return askedWindow(ms)
  const start = floorTo(ms, minuteMs)
  const number = start / minuteMs - plan.firstMinute
  if (number < 0 || number > <i64>u32.MAX_VALUE) return 0
  fromMs = start
  toMs = start + minuteMs
  window = windowNumbered(<u32>number)
  return window
}

function askedWindow(ms: i64): usize {
  const start = floorTo(ms, hourMs)
  const hour = start / hourMs
  const cached = hours + <usize>(<u64>hour % cachedHours) * hourBytes
  if (load<i64>(cached) == hour) return windowNumbered(load<u32>(cached, 8))
  const number = windowAt(<f64>ms)
  fromMs = <i64>load<f64>(bounds)
  toMs = <i64>load<f64>(bounds, 8)
  if (fromMs <= start && start + hourMs <= toMs) {
    store<i64>(cached, hour)
    store<u32>(cached, number, 8)
  }
  window = windowNumbered(number)
  return window
}

function placeOf(number: u32): usize {
  return known + ((<usize>((number * 0x9e3779b1) >> (32 - knownBits))) << 2)
}

/** Where the window of that number is known. */
export function windowNumbered(number: u32): usize {
  const end = known + ((<usize>4) << knownBits)
  let place = placeOf(number)
  while (true) {
    const at = load<usize>(place)
    if (at == 0) return addWindow(number)
    if (changetype<Window>(at).number == number) return at
    place += 4
    if (place == end) place = known
  }
}

function addWindow(number: u32): usize {
  if (++knownWindows * 2 > (<u32>1) << knownBits) growKnown()
  const at = allocate(windowBytes)
  const added = changetype<Window>(at)
  added.number = number
  added.bits = firstBits
  added.groups = 0
  added.table = tableOf(firstBits)
  added.next = 0
  if (lastWindow == 0) firstWindow = at
  else changetype<Window>(lastWindow).next = at
  lastWindow = at
  putKnown(at)
  return at
}

function growKnown(): void {
  const before = known
  const beforeBytes = (<usize>4) << knownBits
  knownBits++
  known = cleared((<usize>4) << knownBits)
  for (let place = before; place < before + beforeBytes; place += 4) {
    const at = load<usize>(place)
    if (at != 0) putKnown(at)
  }
  freeRun(before, beforeBytes)
}

function putKnown(at: usize): void {
  const end = known + ((<usize>4) << knownBits)
  let place = placeOf(changetype<Window>(at).number)
  while (load<usize>(place) != 0) {
    place += 4
    if (place == end) place = known
  }
  store<usize>(place, at)
}

// Tables that windows have outgrown, by their bits; of larger ones the pages are free.
const outgrown = memory.data(36, 4)
const outgrownBytes: usize = 36
const maxKeptBits: u32 = 8

/** A table of 2^bits entries, cleared. */
export function tableOf(bits: u32): usize {
  const bytes = (<usize>8) << bits
  if (bits > maxKeptBits) return cleared(bytes)
  const free = load<usize>(outgrown + ((<usize>bits) << 2))
  if (free == 0) return cleared(bytes)
  store<usize>(outgrown + ((<usize>bits) << 2), load<usize>(free))
  memory.fill(free, 0, bytes)
  return free
}

export function freeTable(table: usize, bits: u32): void {
  if (bits > maxKeptBits) {
    freeRun(table, (<usize>8) << bits)
    return
  }
  store<usize>(table, load<usize>(outgrown + ((<usize>bits) << 2)))
  store<usize>(outgrown + ((<usize>bits) << 2), table)
}
