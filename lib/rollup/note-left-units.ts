import type { ChangedUnit } from '../ledger/changed-units.ts'
import { leftName } from './left-units.ts'
import type { RollupContext } from './rollup-context.ts'

/** The units that a run was to do, until they are done. */
export class UndoneUnits {
  readonly #markedAtMs = new Map<string, number>()

  add({ unit, markedAtMs }: ChangedUnit): void {
    this.#markedAtMs.set(leftName(unit), markedAtMs)
  }

  remove({ unit }: ChangedUnit): void {
    this.#markedAtMs.delete(leftName(unit))
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
export async function noteLeftUnits(
  { stores }: Pick<RollupContext, 'stores'>,
  left: readonly ChangedUnit[],
  undone: UndoneUnits,
): Promise<number | undefined> {
  const before = await stores.left.read()
  const next = new Map<string, number>()
  let oldestMs: number | undefined
  for (const { unit, markedAtMs } of left) {
    const name = leftName(unit)
    const plannedMs = undone.markedAtMs(name)
    let sinceMs = markedAtMs
    if (plannedMs !== undefined) {
      sinceMs = Math.min(before.get(name) ?? plannedMs, plannedMs)
      next.set(name, sinceMs)
    }
    oldestMs = Math.min(oldestMs ?? sinceMs, sinceMs)
  }
  await stores.left.replace(before, next)
  return oldestMs
}
