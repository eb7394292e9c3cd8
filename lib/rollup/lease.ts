import { absent, integer, recordOf, text } from '../store/record.ts'
import type { Table } from '../store/table.ts'

/**
 * The right to roll up, held by one run at a time until a time at which that run is surely over:
 * pk `lease`, sk `rollup`.
 */
export interface Lease {
  /** Whether `owner` holds it now, until `untilMs` (epoch ms). */
  take(owner: string, nowMs: number, untilMs: number): Promise<boolean>
  /** Takes it from whoever holds it: only for a caller who knows that no other run is alive. */
  takeOver(owner: string, untilMs: number): Promise<void>
  release(owner: string): Promise<void>
}

const key = { pk: 'lease', sk: 'rollup' }

const leases = recordOf({ owner: text(), untilMs: integer() })

export function createLease(table: Table): Lease {
  return {
    async take(owner, nowMs, untilMs) {
      const { written } = await table.put(leases.item(key, { owner, untilMs }), [
        absent,
        leases.below('untilMs', nowMs),
        leases.is('owner', owner),
      ])
      return written
    },

    async takeOver(owner, untilMs) {
      await table.put(leases.item(key, { owner, untilMs }))
    },

    async release(owner) {
      await table.delete(key, [leases.is('owner', owner)])
    },
  }
}
