import pMap from 'p-map'
import { type ChangedUnit, type Unit, unitName } from '../../lib/aws/ledger/changed-units.ts'
import { Superseded } from '../../lib/aws/ledger/part-registry.ts'
import { PartGone } from '../../lib/aws/parts.ts'
import { isTimeLeft, OutOfTime, type RollupContext } from './rollup-context.ts'

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

/** A unit that fails must not keep the others from being done. */
export async function workOff<Of extends Unit>(
  context: RollupContext,
  planned: readonly ChangedUnit<Of>[],
  concurrency: number,
  failures: UnitFailure[],
  workOn: (changed: ChangedUnit<Of>) => Promise<void>,
): Promise<void> {
  const workOnOne = async (changed: ChangedUnit<Of>) => {
    if (!isTimeLeft(context)) return
    try {
      await workOn(changed)
    } catch (cause) {
      // A backfill's worker is at the unit or beneath it, or there is no time left for it: the unit
      // stays marked for the next run.
      const isLeft = [Superseded, PartGone, OutOfTime].some((kind) => cause instanceof kind)
      if (!isLeft) failures.push({ unit: changed.unit, cause })
    }
  }
  await pMap(planned, workOnOne, { concurrency })
}
