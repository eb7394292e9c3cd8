import type { SeededRandom } from '../data/seeded-random.ts'
import type { MemoryWorld } from '../support/world.ts'
import type { FaultSource } from './faults.ts'
import type { Scheduler } from './scheduler.ts'
import type { Story } from './story.ts'

export interface RowExpiryOptions {
  readonly world: MemoryWorld
  readonly scheduler: Scheduler
  readonly random: SeededRandom
  readonly faults: FaultSource
  readonly story: Story
}

/**
 * Deletes minute rows that have expired as DynamoDB does: some of them, one by one, at any time after
 * they have. Of a minute the lane `history` may go first, or last.
 */
export async function deleteExpiredRows(options: RowExpiryOptions): Promise<void> {
  const { world, scheduler, random, faults, story } = options
  for (const item of await Array.fromAsync(world.minutes.scan())) {
    const { pk, sk, expiresAt } = item
    if (Number(expiresAt?.N) * 1000 > scheduler.nowMs || random.next() < 0.5) continue
    faults.count('expired row deleted')
    story.tell(() => `-- expired and deleted: ${pk?.S} ${sk?.S}`)
    await world.minutes.writeAll([{ delete: { pk: pk?.S ?? '', sk: sk?.S ?? '' } }])
  }
}
