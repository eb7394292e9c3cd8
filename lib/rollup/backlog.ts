import type { ChangedUnit } from '../ledger/changed-units.ts'
import { qualifiedName } from '../ledger/unit.ts'
import { instant, keyOf, recordOf } from '../store/record.ts'
import type { Table, Write } from '../store/table.ts'

/** Since when (epoch ms) each unit waits that a run had to leave, by `qualifiedName`. */
export type WaitingSince = ReadonlyMap<string, number>

/**
 * Units that a run was to do and did not: pk `left`, sk `qualifiedName`. A mark tells of the last change
 * only, so what keeps changing would never seem to have waited.
 */
export interface Backlog {
  read(): Promise<WaitingSince>
  /** Makes what was read into what is so now, and writes the difference only. */
  replace(before: WaitingSince, next: WaitingSince): Promise<void>
}

const pk = 'left'

const waits = recordOf({ sinceMs: instant('since') })

export function createBacklog(table: Table): Backlog {
  return {
    async read() {
      const since = new Map<string, number>()
      for await (const item of table.query(pk)) {
        since.set(keyOf(item).sk, waits.read(item).sinceMs)
      }
      return since
    },

    async replace(before, next) {
      await table.writeAll(differences(before, next))
    },
  }
}

function* differences(before: WaitingSince, next: WaitingSince): Generator<Write> {
  for (const sk of before.keys()) if (!next.has(sk)) yield { delete: { pk, sk } }
  for (const [sk, sinceMs] of next) {
    if (before.get(sk) !== sinceMs) yield { put: waits.item({ pk, sk }, { sinceMs }) }
  }
}

/** The units that a run was to do, until they are done. */
export class UndoneUnits {
  readonly #markedAtMs = new Map<string, number>()

  add({ unit, markedAtMs }: ChangedUnit): void {
    this.#markedAtMs.set(qualifiedName(unit), markedAtMs)
  }

  remove({ unit }: ChangedUnit): void {
    this.#markedAtMs.delete(qualifiedName(unit))
  }

  /** When a unit was marked as it was planned; undefined where it is done, or came in since. */
  markedAtMs(unit: string): number | undefined {
    return this.#markedAtMs.get(unit)
  }
}

/**
 * Notes since when units wait that are left at the end of a run and that it did not get done, however
 * often they have changed again. Returns since when (epoch ms) the oldest of all that are left has
 * waited, to within the time from one run to the next; undefined where none is left.
 */
export async function noteBacklog(
  backlog: Backlog,
  left: readonly ChangedUnit[],
  undone: UndoneUnits,
): Promise<number | undefined> {
  const before = await backlog.read()
  const next = new Map<string, number>()
  let oldestMs: number | undefined
  for (const { unit, markedAtMs } of left) {
    const name = qualifiedName(unit)
    const plannedMs = undone.markedAtMs(name)
    let sinceMs = markedAtMs
    if (plannedMs !== undefined) {
      sinceMs = Math.min(before.get(name) ?? plannedMs, plannedMs)
      next.set(name, sinceMs)
    }
    oldestMs = Math.min(oldestMs ?? sinceMs, sinceMs)
  }
  await backlog.replace(before, next)
  return oldestMs
}
