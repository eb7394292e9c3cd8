import { dayMs, minuteMs as minuteLengthMs } from '../core/index.ts'
import { absent, integer, list, map, recordOf, type ValueIn } from '../store/record.ts'
import type { Table } from '../store/table.ts'

/**
 * Until when rows of minutes are kept, the same for all who write or read them: pk `settings`, sk
 * `minute-retention`.
 *
 * Rows are written with the time at which they expire, one lane at a time. So a minute is kept for
 * no longer than its first row may have been written to be kept: else late events would be written
 * alone once that row is gone, and be read as the whole. A retention that is raised holds for later
 * minutes only, and one that is lowered for all of them, from the next read on.
 */
export interface MinuteRetention {
  /** Reads it from the ledger, for who only follows it; as configured where nobody has written. */
  load(): Promise<void>
  /**
   * Has it be as configured from now on, for the writer of minute rows. Events may be dated as far
   * ahead of their arrival as `maxAheadMs`. Throws StorageTrouble.
   */
  agree(maxAheadMs: number, nowMs: number): Promise<void>
  /** Since when (epoch ms) a minute has no rows any more. Throws where it was not read yet. */
  expiryMs(minuteMs: number): number
}

const retentions = recordOf({
  retentionMs: integer(),
  /** The furthest ahead of its arrival that an event was ever let be. */
  maxAheadMs: integer(),
  /** Minutes before `beforeMs` are kept no longer than that, whatever the retention is now. */
  limits: list(map({ beforeMs: integer(), retentionMs: integer() })),
  /** Of the ledger's item; 0 where there is none. */
  revision: integer(),
})

type Retention = ValueIn<typeof retentions>

/** Functions of the former configuration, and clocks that are off, have written their last by then. */
const settlingMs = dayMs

/** No instant that JavaScript knows is further ahead. */
const mostAheadMs = 8_640_000_000_000_000

export function createMinuteRetention(table: Table, retentionMs: number): MinuteRetention {
  let known: Retention | undefined
  const read = async () => {
    const item = await table.get(key)
    return item && retentions.read(item)
  }
  return {
    async load() {
      known = (await read()) ?? { retentionMs, maxAheadMs: 0, limits: [], revision: 0 }
    },

    async agree(maxAheadMs, nowMs) {
      const ahead = Math.min(Math.ceil(maxAheadMs), mostAheadMs)
      for (;;) {
        const before = await read()
        const next = changed(before, retentionMs, ahead, nowMs)
        if (next === before || (await write(table, next))) {
          known = next
          return
        }
        // Another process was first, and what it wrote is there to start from.
      }
    },

    expiryMs(minuteMs) {
      if (known === undefined) throw new Error('The retention of minutes was not read yet')
      let keptMs = known.retentionMs
      for (const limit of known.limits) {
        if (minuteMs < limit.beforeMs) keptMs = Math.min(keptMs, limit.retentionMs)
      }
      return minuteMs + minuteLengthMs + keptMs
    },
  }
}

/** The same object where nothing changes. */
function changed(
  before: Retention | undefined,
  retentionMs: number,
  ahead: number,
  nowMs: number,
): Retention {
  if (before === undefined) return { retentionMs, maxAheadMs: ahead, limits: [], revision: 1 }
  const maxAheadMs = Math.max(before.maxAheadMs, ahead)
  if (before.retentionMs === retentionMs && before.maxAheadMs === maxAheadMs) return before
  const limits = before.limits.filter((limit) => limit.retentionMs < retentionMs)
  if (before.retentionMs < retentionMs) {
    const beforeMs = nowMs + maxAheadMs + settlingMs
    limits.push({ beforeMs, retentionMs: before.retentionMs })
  }
  return { retentionMs, maxAheadMs, limits, revision: before.revision + 1 }
}

const key = { pk: 'settings', sk: 'minute-retention' }

async function write(table: Table, retention: Retention): Promise<boolean> {
  const { revision } = retention
  const former = revision === 1 ? absent : retentions.is('revision', revision - 1)
  return (await table.put(retentions.item(key, retention), [former])).written
}
