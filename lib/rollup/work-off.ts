import pMap from 'p-map'
import { BrokenInvariant } from '../core/invariant.ts'
import type { ChangedUnit } from '../ledger/changed-units.ts'
import { type Unit, unitName } from '../ledger/unit.ts'
import type { UndoneUnits } from './backlog.ts'
import { type Deadline, OutOfTime } from './deadline.ts'
import { Superseded } from './part-registry.ts'
import { PartGone } from './parts.ts'

export interface UnitFailure {
  readonly unit: Unit
  readonly cause: unknown
}

/** Units of work that failed; the rest were done. The cause is that of the first. */
export class UnitsFailed extends Error {
  override readonly name = 'UnitsFailed'

  constructor(failures: readonly UnitFailure[]) {
    const first = failures[0] as UnitFailure
    const which = `${first.unit.kind} ${unitName(first.unit)}`
    super(`${failures.length} units of the rollup failed, ${which} among them`, {
      cause: first.cause,
    })
  }
}

/** What became of a run's units, where they were not done. */
export interface Outcome {
  readonly failures: UnitFailure[]
  readonly undone: UndoneUnits
}

/**
 * A unit that fails must not keep the others from being done; but once an invariant is broken no other
 * is begun, and that is thrown. `workOn` tells whether the unit is settled.
 */
export async function workOff<Of extends Unit>(
  deadline: Deadline,
  planned: readonly ChangedUnit<Of>[],
  concurrency: number,
  { failures, undone }: Outcome,
  workOn: (changed: ChangedUnit<Of>) => Promise<boolean>,
): Promise<void> {
  for (const changed of planned) undone.add(changed)
  let broken: BrokenInvariant | undefined
  const workOnOne = async (changed: ChangedUnit<Of>) => {
    if (broken !== undefined || !deadline.isTimeToRead()) return
    try {
      if (await workOn(changed)) undone.remove(changed)
    } catch (cause) {
      if (cause instanceof BrokenInvariant) broken ??= cause
      // A backfill's worker is at the unit or beneath it, or there is no time left for it: the unit
      // stays marked for the next run.
      const isLeft = [Superseded, PartGone, OutOfTime].some((kind) => cause instanceof kind)
      if (!isLeft) failures.push({ unit: changed.unit, cause })
    }
  }
  await pMap(planned, workOnOne, { concurrency })
  // Thrown once no unit is under way any more, which would go on without the lease.
  if (broken !== undefined) throw broken
}
