/*
 * Events that are held, where several engines share the ids: each tells the digests of the events that it
 * read, an engine for each digest tells which of them are new, and only then they are counted.
 */

import { addId, touchId } from './ids'
import { allocate, freeRun } from './memory'
import {
  beginHolding,
  countHeld,
  endHolding,
  roomWaiting,
  Staged,
  staged,
  stagedBytes,
  waiting,
} from './stage'

/** Events that came from one text, and where it is told of their digests. 32 bytes. */
@unmanaged
class Held {
  staged: usize
  room: u32
  events: u32
  /** In the order of the engines that they belong to, and of the events. */
  digests: usize
  digestRoom: u32
  /** Up to which of the digests those of each engine stand (u32). */
  ends: usize
  unused: u64
}

const heldBytes: usize = 32
const firstRoom: u32 = 4096

/** What another engine is told of an event's id. 24 bytes. */
@unmanaged
class Digest {
  low: u64
  high: u64
  idTable: u32
  /** The number of the event among those that are held. */
  event: u32
}

const digestBytes: usize = 24

let holding: Held = changetype<Held>(0)

/** Room for events to be held, whose ids belong to so many engines. */
export function newHeld(engines: u32): usize {
  const held = changetype<Held>(allocate(heldBytes))
  held.staged = allocate(stagedBytes * firstRoom)
  held.room = firstRoom
  held.events = 0
  held.digests = 0
  held.digestRoom = 0
  held.ends = allocate((<usize>engines) << 2)
  return changetype<usize>(held)
}

/** From here on events are held there. */
export function hold(at: usize): void {
  holding = changetype<Held>(at)
  beginHolding(holding.staged, holding.room)
}

/** Tells of the digests of those that were held, and returns where. */
export function listDigests(engines: u32): usize {
  holding.staged = staged
  holding.room = roomWaiting()
  holding.events = waiting
  endHolding()
  if (holding.digestRoom < holding.room) {
    freeRun(holding.digests, digestBytes * <usize>holding.digestRoom)
    holding.digestRoom = holding.room
    holding.digests = allocate(digestBytes * <usize>holding.room)
  }
  memory.fill(holding.ends, 0, (<usize>engines) << 2)
  const end = holding.staged + <usize>holding.events * stagedBytes
  for (let at = holding.staged; at < end; at += stagedBytes) {
    const count = endOf(changetype<Staged>(at), engines)
    store<u32>(count, load<u32>(count) + 1)
  }
  let sum: u32 = 0
  for (let engine: u32 = 0; engine < engines; engine++) {
    const count = holding.ends + ((<usize>engine) << 2)
    const here = load<u32>(count)
    store<u32>(count, sum)
    sum += here
  }
  for (let number: u32 = 0; number < holding.events; number++) {
    const event = changetype<Staged>(holding.staged + <usize>number * stagedBytes)
    const count = endOf(event, engines)
    const place = load<u32>(count)
    store<u32>(count, place + 1)
    const digest = changetype<Digest>(holding.digests + <usize>place * digestBytes)
    digest.low = event.low
    digest.high = event.high
    digest.idTable = event.idTable
    digest.event = number
  }
  return holding.digests
}

/** Where it is told up to which digest those of the event's engine stand. */
function endOf(event: Staged, engines: u32): usize {
  // No bits that tables of ids go by.
  return holding.ends + ((<usize>(((event.high >> 32) * <u64>engines) >> 32)) << 2)
}

export function digestEnds(): usize {
  return holding.ends
}

// Keeps the compiler from leaving out what only fills the cache.
export let touchedIds: u64 = 0

const addedAtOnce: u32 = 64

/** Adds digests that belong to this engine, and puts for each (u8) whether it is new. */
export function addDigests(from: usize, count: u32, isNew: usize): void {
  for (let block: u32 = 0; block < count; block += addedAtOnce) {
    const end = min(count, block + addedAtOnce)
    let sum: u64 = 0
    for (let number = block; number < end; number++) {
      const digest = changetype<Digest>(from + <usize>number * digestBytes)
      sum += touchId(digest.idTable, digest.low)
    }
    touchedIds = sum
    for (let number = block; number < end; number++) {
      const digest = changetype<Digest>(from + <usize>number * digestBytes)
      const added = addId(digest.idTable, digest.low, digest.high)
      store<u8>(isNew + <usize>number, <u8>added)
    }
  }
}

/** Counts held events, of whose digests it is told (u8) which are new. */
export function countDigests(at: usize, isNew: usize): void {
  const held = changetype<Held>(at)
  for (let place: u32 = 0; place < held.events; place++) {
    const digest = changetype<Digest>(held.digests + <usize>place * digestBytes)
    const event = changetype<Staged>(held.staged + <usize>digest.event * stagedBytes)
    event.isNew = load<u8>(isNew + <usize>place)
  }
  countHeld(held.staged, held.events)
}

/** Whether the id of a held event was new. */
export function isNewHeld(at: usize, event: u32): bool {
  const held = changetype<Held>(at)
  return changetype<Staged>(held.staged + <usize>event * stagedBytes).isNew != 0
}
