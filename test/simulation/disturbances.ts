import type { MemoryWorld } from '../support/world.ts'
import type { DeployedDefinitions } from './deployed-definitions.ts'
import type { FaultSource } from './faults.ts'
import type { Operator } from './operator.ts'
import { deleteExpiredRows } from './row-expiry.ts'
import type { Schedule } from './schedule.ts'
import type { Scheduler } from './scheduler.ts'
import type { Story } from './story.ts'
import type { Wire } from './wire.ts'

export interface DisturbancesOptions {
  readonly schedule: Schedule
  readonly scheduler: Scheduler
  readonly wire: Wire
  readonly operator: Operator
  readonly definitions: DeployedDefinitions
  readonly world: MemoryWorld
  readonly faults: FaultSource
  readonly story: Story
  /** Looks whether all that must hold at every moment does. */
  readonly look: () => Promise<void>
}

const maxOutageMs = 10 * 60_000

/** All that comes at moments of its own while events come in. */
export async function disturb(options: DisturbancesOptions): Promise<void> {
  const { schedule, scheduler, wire, operator, definitions, look } = options
  const { outages, expiries, backfills, redrives, looks, durationMs, random } = schedule
  const anytime = (times: number, act: () => unknown) =>
    Array.from({ length: times }, async () => {
      await scheduler.sleep(random.next() * durationMs * 1.2)
      await act()
    })
  // What comes between these and the next rollup is seldom met by chance.
  const andLook = async (act: () => Promise<void>) => {
    await act()
    await look()
  }
  const startOutage = () => {
    const store = random.pick(['minutes', 'ledger', 'bucket'])
    wire.outages.start(store, random.below(maxOutageMs))
  }
  await Promise.all([
    ...anytime(outages, startOutage),
    ...anytime(expiries, () => deleteExpiredRows({ ...options, random })),
    ...anytime(backfills, () => operator.backfillSome()),
    ...anytime(redrives, () => andLook(() => operator.redrive())),
    ...anytime(looks, look),
    ...anytime(schedule.narrow === 'by mistake' ? 1 : 0, () => definitions.makeNarrow()),
    ...anytime(schedule.narrow !== 'never' && random.next() < 0.5 ? 1 : 0, () =>
      andLook(() => definitions.correct()),
    ),
  ])
}
