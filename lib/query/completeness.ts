import type { ChangedUnits } from '../aws/ledger/changed-units.ts'
import {
  type Aggregation,
  type Calendar,
  calendarGrains,
  type Grain,
  hourMs,
  type Window,
} from '../core/index.ts'
import type { PeriodStatus } from './result-row.ts'

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
  const stale: Stretch[] = []
  for await (const { unit } of changed.list('hour')) {
    stale.push({ fromMs: unit.hourMs, toMs: unit.hourMs + hourMs })
  }
  const staleMinutes = [...stale]
  for (const grain of calendarGrains) {
    for await (const { unit } of changed.list(grain)) {
      const window = calendar.windowNamed(grain, unit.period)
      if (unit.aggregation === aggregation.name && window !== undefined) stale.push(window)
    }
  }
  const overMs = nowMs - graceMs
  const staleFor = (grain: Grain) => (grain === 'minute' ? staleMinutes : stale)
  const statuses = new Map<string, PeriodStatus>()
  const find = (window: Window): PeriodStatus => {
    const isStale = staleFor(window.grain).some((other) => overlap(window, other))
    return window.toMs > overMs || isStale ? 'open' : 'final'
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
        overMs,
      )
      const { fromMs } = calendar.windowAt(grain, firstStaleMs)
      return calendar.windowAt(grain, fromMs - 1)
    },
  }
}

function overlap(a: Stretch, b: Stretch): boolean {
  return a.fromMs < b.toMs && b.fromMs < a.toMs
}
