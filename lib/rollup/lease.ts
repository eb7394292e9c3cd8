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

export function createLease(table: Table): Lease {
  const itemOf = (owner: string, untilMs: number) => ({
    pk: { S: key.pk },
    sk: { S: key.sk },
    owner: { S: owner },
    untilMs: { N: String(untilMs) },
  })
  return {
    async take(owner, nowMs, untilMs) {
      const { written } = await table.put(itemOf(owner, untilMs), [
        { absent: true },
        { attribute: 'untilMs', is: '<', value: { N: String(nowMs) } },
        { attribute: 'owner', is: '=', value: { S: owner } },
      ])
      return written
    },

    async takeOver(owner, untilMs) {
      await table.put(itemOf(owner, untilMs))
    },

    async release(owner) {
      await table.delete(key, [{ attribute: 'owner', is: '=', value: { S: owner } }])
    },
  }
}
