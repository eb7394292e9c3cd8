import { hourName } from '../core/index.ts'
import { ledgerHour } from '../ledger/ledger-hour.ts'
import { readInteger, readText, type Table } from '../store/table.ts'

/** An hour whose fold began, and is not known to have come to an end since. */
export interface BegunHour {
  readonly hourMs: number
  /** How many folds began, the last that came to an end not counted. */
  readonly times: number
}

/**
 * Folds of hours that scheduled runs have begun: pk `begun#hour`, sk the hour. A fold that takes its
 * process with it, or all of its time, leaves its note. Only the order of later folds follows from
 * it, so notes are guarded by nothing: one that is wrong costs time.
 */
export interface BegunHours {
  note(begun: BegunHour): Promise<void>
  /** The fold came to an end, good or bad. */
  clear(hourMs: number): Promise<void>
  list(): AsyncIterable<BegunHour>
}

const pk = 'begun#hour'

export function createBegunHours(table: Table): BegunHours {
  return {
    async note({ hourMs, times }) {
      const sk = { S: hourName(hourMs) }
      await table.put({ pk: { S: pk }, sk, times: { N: String(times) } })
    },

    async clear(hourMs) {
      await table.writeAll([{ delete: { pk, sk: hourName(hourMs) } }])
    },

    async *list() {
      for await (const item of table.query(pk)) {
        yield { hourMs: ledgerHour(readText(item, 'sk')), times: readInteger(item, 'times') }
      }
    },
  }
}
