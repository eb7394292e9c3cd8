/*
 * The groups of an aggregation in the order of their keys and windows, which are told from outside: two
 * counting sorts, the second of which leaves equals as they are (Knuth, TAOCP 3, 5.2, algorithm D).
 */

import { flags, Group, groupAt, groupsOn, nextOf } from './groups'
import { Key } from './keys'
import { allocate } from './memory'
import { Aggregation } from './plan'
import { Window } from './windows'

/** Where the places of the groups (u32) are, in order. */
export let places: usize = 0

/** Puts all in order, and gives for each key (u32) up to which of `places` its groups stand. */
export function orderGroups(aggregation: Aggregation, keys: u32, windows: u32): usize {
  const groups = (<usize>aggregation.groups) << 2
  const byWindow = allocate(groups)
  const windowEnds = counters(windows)
  const keyEnds = counters(keys)
  for (let page = aggregation.firstPage; page != 0; page = nextOf(page)) {
    for (let number: u32 = 0; number < groupsOn(page); number++) {
      const group = changetype<Group>(groupAt(page, number, aggregation))
      count(windowEnds, orderOfWindow(group))
      count(keyEnds, orderOfKey(group))
    }
  }
  addUp(windowEnds, windows)
  addUp(keyEnds, keys)
  for (let page = aggregation.firstPage; page != 0; page = nextOf(page)) {
    for (let number: u32 = 0; number < groupsOn(page); number++) {
      const at = groupAt(page, number, aggregation)
      put(byWindow, windowEnds, orderOfWindow(changetype<Group>(at)), at)
    }
  }
  places = allocate(groups)
  for (let at = byWindow; at < byWindow + groups; at += 4) {
    const group = load<usize>(at)
    put(places, keyEnds, orderOfKey(changetype<Group>(group)), group)
  }
  return keyEnds
}

function orderOfKey(group: Group): u32 {
  return changetype<Key>(group.key & ~flags).order
}

function orderOfWindow(group: Group): u32 {
  return changetype<Window>(group.window).order
}

function counters(length: u32): usize {
  const bytes = (<usize>length + 1) << 2
  const at = allocate(bytes)
  memory.fill(at, 0, bytes)
  return at
}

function count(counters: usize, order: u32): void {
  const at = counters + ((<usize>order) << 2)
  store<u32>(at, load<u32>(at) + 1)
}

/** From how many there are to where each begins; placing them moves that to where each ends. */
function addUp(counters: usize, length: u32): void {
  let sum: u32 = 0
  for (let order: u32 = 0; order < length; order++) {
    const at = counters + ((<usize>order) << 2)
    const here = load<u32>(at)
    store<u32>(at, sum)
    sum += here
  }
}

function put(into: usize, ends: usize, order: u32, value: usize): void {
  const at = ends + ((<usize>order) << 2)
  const place = load<u32>(at)
  store<u32>(at, place + 1)
  store<usize>(into + ((<usize>place) << 2), value)
}
