import { compareHour, type VerifiedHour } from './compare-hour.ts'
import type { Difference } from './difference.ts'
import { GivenUpRecords } from './given-up-records.ts'
import { damageIn, type UnverifiableHour } from './unverifiable-hour.ts'
import type { VerifyContext } from './verify-context.ts'

/** Hours that are read at the same time where there is memory for some, and so held in it. */
export const hoursAtOnce = 4

/**
 * Verifies hours (UTC, epoch ms of their starts), and yields them in the order given. `atOnce` of
 * them are read at the same time, and held in memory, but a large one alone. Writes nothing. Throws
 * StorageTrouble.
 *
 * An hour of which something stored is damaged is not yielded but handed to `onUnverifiable`; without
 * that, what was thrown there is thrown.
 */
export async function* verifyHours(
  context: VerifyContext,
  hours: Iterable<number>,
  atOnce = 1,
  onUnverifiable?: (hour: UnverifiableHour) => void,
): AsyncGenerator<VerifiedHour> {
  const givenUp = new GivenUpRecords(context.definition, context.stores.failedBatches)
  const underWay: Promise<VerifiedHour | undefined>[] = []
  const next = async () => {
    const verified = await underWay.shift()
    return verified === undefined ? [] : [verified]
  }
  for (const hourMs of hours) {
    const isAlone = atOnce > 1 && (await context.stores.history.isLarge(hourMs))
    while (isAlone && underWay.length > 0) yield* await next()
    const verified = verifyHour(context, hourMs, givenUp).catch((error: unknown) => {
      const damage = damageIn(error)
      if (damage === undefined || onUnverifiable === undefined) throw error
      onUnverifiable({ hourMs, ...damage })
      return undefined
    })
    // Whoever awaits it sees it fail; where an hour before it does, nobody comes to await it.
    verified.catch(() => undefined)
    underWay.push(verified)
    if (isAlone || underWay.length >= atOnce) yield* await next()
  }
  while (underWay.length > 0) yield* await next()
}

const maxLooks = 3

/**
 * Looks again where something differs that nothing explains, until it stays the same: a batch and
 * the rollup after it may both have come and gone while one side had been read and the other had
 * not, but a fault does not go away.
 */
async function verifyHour(
  context: VerifyContext,
  hourMs: number,
  givenUp: GivenUpRecords,
): Promise<VerifiedHour> {
  let found = await compareHour(context, hourMs, givenUp)
  for (let looks = 1; looks < maxLooks && unexplained(found).length > 0; looks++) {
    const again = await compareHour(context, hourMs, givenUp)
    if (textOf(unexplained(again)) === textOf(unexplained(found))) return again
    found = again
  }
  return found
}

/** The differences of an hour that must not be. */
export function unexplained({ differences }: VerifiedHour): Difference[] {
  return differences.filter(({ explanation }) => explanation === undefined)
}

function textOf(differences: readonly Difference[]): string {
  const texts = differences.map(({ aggregation, key, minuteMs, measures }) =>
    JSON.stringify([aggregation.name, key, minuteMs, measures]),
  )
  return texts.sort().join('\n')
}
