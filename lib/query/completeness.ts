import {
  type Aggregation,
  type Calendar,
  calendarGrains,
  type Grain,
  hourMs,
  isWindowOpen,
  type Window,
} from '../core/index.ts'
import type { ChangedUnits } from '../ledger/changed-units.ts'
import type { PeriodStatus } from './result-row.ts'

/** Marks of these kinds make rows of a grain stale: its own, and those that it is made from. */
const madeFrom: Record<Grain, readonly Grain[]> = {
  minute: ['hour'],
  hour: ['hour'],
  day: ['hour', 'day'],
  week: ['hour', 'day', 'week'],
  month: ['hour', 'day', 'month'],
}

interface Stretch {
  readonly fromMs: number
  readonly toMs: number
}

/**
 * What is known of an aggregation's periods at one moment: which are over, and which have changed
 * since they were last computed.
 */
export interface Completeness {
  status(window: Window): PeriodStatus
  /** The last period of a grain before which, and with which, every one is final. */
  completeThrough(grain: Grain): Window
}

/** Reads the ledger once; the answers are of that moment. */
export async function readCompleteness(
  changed: ChangedUnits,
  calendar: Calendar,
  aggregation: Aggregation,
  nowMs: number,
  graceMs: number,
): Promise<Completeness> {
  const stale = new Map<Grain, Stretch[]>()
  for (const kind of ['hour', ...calendarGrains] as const) {
    const marked: Stretch[] = []
    for await (const { unit } of changed.list(kind)) {
      if (unit.kind === 'hour') {
        marked.push({ fromMs: unit.hourMs, toMs: unit.hourMs + hourMs })
        continue
      }
      const window = calendar.windowNamed(unit.kind, unit.period)
      if (unit.aggregation === aggregation.name && window !== undefined) marked.push(window)
    }
    stale.set(kind, marked)
  }
  const staleFor = (grain: Grain) => madeFrom[grain].flatMap((kind) => stale.get(kind) ?? [])
  const statuses = new Map<string, PeriodStatus>()
  const find = (window: Window): PeriodStatus => {
    const isStale = staleFor(window.grain).some((other) => overlap(window, other))
    return isWindowOpen(window, nowMs, graceMs) || isStale ? 'open' : 'final'
  }
  return {
    status(window) {
      const id = `${window.grain}#${window.name}`
      const status = statuses.get(id) ?? find(window)
      statuses.set(id, status)
      return status
    },

    completeThrough(grain) {
      const firstStaleMs = staleFor(grain).reduce(
        (least, { fromMs }) => Math.min(least, fromMs),
        nowMs - graceMs,
      )
      const { fromMs } = calendar.windowAt(grain, firstStaleMs)
      return calendar.windowAt(grain, fromMs - 1)
    },
  }
}

function overlap(a: Stretch, b: Stretch): boolean {
  return a.fromMs < b.toMs && b.fromMs < a.toMs
}
