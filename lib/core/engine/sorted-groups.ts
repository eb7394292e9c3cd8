import type { Engine } from './engine.ts'
import type { PlannedAggregation } from './plan.ts'
import { readKey, windowNumber } from './read-groups.ts'

/** The groups of one key: where they stand, in the order of their windows. */
export interface KeyGroups {
  readonly key: string
  readonly places: Uint32Array
}

const pageHeadBytes = 16
const flagBits = 15
/** Where a key keeps its place among all. */
const orderAt = 20

/**
 * The groups of the engine's one aggregation by key (UTF-16 code units) and window. `fromMs` tells when
 * the window of a number begins. Takes 4 bytes a group, and a text for each key.
 */
export function* sortedGroups(
  engine: Engine,
  planned: PlannedAggregation,
  fromMs: (window: number) => number,
): Generator<KeyGroups> {
  const keys = sortedKeys(engine, planned)
  const { view } = engine
  for (const [order, { at }] of keys.entries()) view.setUint32(at + orderAt, order, true)
  const places = placesByKey(engine, planned, keys.length)
  for (const [order, { text }] of keys.entries()) {
    const ofKey = places.of(order)
    sortByWindow(view, ofKey, fromMs)
    yield { key: text, places: ofKey }
  }
}

function sortedKeys(engine: Engine, planned: PlannedAggregation) {
  const keys: { readonly at: number; readonly text: string }[] = []
  for (let at = engine.firstKey; at !== 0; at = engine.view.getUint32(at, true)) {
    keys.push({ at, text: readKey(engine, planned, at) })
  }
  return keys.sort((a, b) => (a.text < b.text ? -1 : 1))
}

function placesByKey(engine: Engine, planned: PlannedAggregation, keys: number) {
  const ends = new Uint32Array(keys + 1)
  const groupBytes = engine.groupBytes(planned)
  eachGroup(engine, groupBytes, (order) => {
    ends[order + 1] = (ends[order + 1] as number) + 1
  })
  for (let order = 0; order < keys; order++) {
    ends[order + 1] = (ends[order + 1] as number) + (ends[order] as number)
  }
  const starts = ends.slice()
  const places = new Uint32Array(engine.groups(0))
  eachGroup(engine, groupBytes, (order, at) => {
    const place = starts[order] as number
    places[place] = at
    starts[order] = place + 1
  })
  return { of: (order: number) => places.subarray(ends[order], ends[order + 1]) }
}

function eachGroup(
  engine: Engine,
  groupBytes: number,
  onGroup: (order: number, at: number) => void,
): void {
  const { view } = engine
  for (let page = engine.firstPage(0); page !== 0; page = view.getUint32(page, true)) {
    const groups = view.getUint32(page + 4, true)
    let at = page + pageHeadBytes
    for (let group = 0; group < groups; group++, at += groupBytes) {
      const key = (view.getUint32(at, true) & ~flagBits) >>> 0
      onGroup(view.getUint32(key + orderAt, true), at)
    }
  }
}

/** Most are in order, as events come in that of time. */
function sortByWindow(
  view: DataView,
  places: Uint32Array,
  fromMs: (window: number) => number,
): void {
  const startOf = (at: number) => fromMs(windowNumber(view, at))
  let last = Number.NEGATIVE_INFINITY
  for (const at of places) {
    const start = startOf(at)
    if (start < last) {
      const sorted = Array.from(places, (place) => ({ place, start: startOf(place) }))
      sorted.sort((a, b) => a.start - b.start)
      places.set(sorted.map(({ place }) => place))
      return
    }
    last = start
  }
}
