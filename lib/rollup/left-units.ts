import { type Unit, unitName } from '../ledger/changed-units.ts'
import { readText, type Table, type Write } from '../store/table.ts'

/** Since when (epoch ms) each unit waits that a run had to leave, by `leftName`. */
export type LeftSince = ReadonlyMap<string, number>

/**
 * Units that a run was to do and did not: pk `left`, sk `leftName`. A mark tells of the last change
 * only, so what keeps changing would never seem to have waited.
 */
export interface LeftUnits {
  read(): Promise<LeftSince>
  /** Makes what was read into what is so now, and writes the difference only. */
  replace(before: LeftSince, next: LeftSince): Promise<void>
}

/** `<kind>#<unit>`. */
export const leftName = (unit: Unit) => `${unit.kind}#${unitName(unit)}`

const pk = 'left'

export function createLeftUnits(table: Table): LeftUnits {
  return {
    async read() {
      const since = new Map<string, number>()
      for await (const item of table.query(pk)) {
        since.set(readText(item, 'sk'), Date.parse(readText(item, 'since')))
      }
      return since
    },

    async replace(before, next) {
      await table.writeAll(differences(before, next))
    },
  }
}

function* differences(before: LeftSince, next: LeftSince): Generator<Write> {
  for (const sk of before.keys()) if (!next.has(sk)) yield { delete: { pk, sk } }
  for (const [sk, sinceMs] of next) {
    if (before.get(sk) === sinceMs) continue
    yield { put: { pk: { S: pk }, sk: { S: sk }, since: { S: new Date(sinceMs).toISOString() } } }
  }
}
