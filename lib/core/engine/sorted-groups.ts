import type { Engine } from './engine.ts'
import type { PlannedAggregation } from './plan.ts'
import { readKey } from './read-groups.ts'

/** The groups of one key, in the order of their windows. */
export interface KeyGroups {
  readonly key: string
  /** Where it is told where they stand (u32). */
  readonly places: number
  readonly count: number
}

/** Where a key and a window keep their place among all. */
const keyOrderAt = 20
const windowNextAt = 16
const windowOrderAt = 28

/**
 * The groups of the engine's one aggregation by key (UTF-16 code units) and window. `fromMs` tells when
 * the window of a number begins. Takes 8 bytes a group, and a text for each key.
 */
export function* sortedGroups(
  engine: Engine,
  planned: PlannedAggregation,
  fromMs: (window: number) => number,
): Generator<KeyGroups> {
  const keys = sortedKeys(engine, planned)
  const windows = sortWindows(engine, fromMs)
  const ordered = engine.orderGroups(0, keys.length, windows)
  let from = 0
  for (const [order, key] of keys.entries()) {
    const end = engine.view.getUint32(ordered.ends + 4 * order, true)
    if (end > from) yield { key, places: ordered.places + 4 * from, count: end - from }
    from = end
  }
}

/** The texts of all keys, each of which then knows its place among them. */
function sortedKeys(engine: Engine, planned: PlannedAggregation): string[] {
  const { view } = engine
  const keys: { readonly at: number; readonly text: string }[] = []
  for (let at = engine.firstKey; at !== 0; at = view.getUint32(at, true)) {
    keys.push({ at, text: readKey(engine, planned, at) })
  }
  keys.sort((a, b) => (a.text < b.text ? -1 : 1))
  for (const [order, { at }] of keys.entries()) view.setUint32(at + keyOrderAt, order, true)
  return keys.map(({ text }) => text)
}

/** Tells each window its place in time, and returns how many there are. */
function sortWindows(engine: Engine, fromMs: (window: number) => number): number {
  const { view } = engine
  const windows: { readonly at: number; readonly startMs: number }[] = []
  for (let at = engine.firstWindow; at !== 0; at = view.getUint32(at + windowNextAt, true)) {
    windows.push({ at, startMs: fromMs(view.getUint32(at, true)) })
  }
  windows.sort((a, b) => a.startMs - b.startMs)
  for (const [order, { at }] of windows.entries()) view.setUint32(at + windowOrderAt, order, true)
  return windows.length
}
