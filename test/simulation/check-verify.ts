import { hourName, minuteName } from '../../lib/core/index.ts'
import type { Difference } from '../../lib/verify/difference.ts'
import { unexplained, verifyHours } from '../../lib/verify/verify-hours.ts'
import type { Failure } from './failure.ts'
import type { Outcome } from './outcome.ts'

/** At whatever moment somebody looks, `verify` explains all that differs. */
export async function checkVerify(outcome: Outcome): Promise<Failure | undefined> {
  return firstOf(outcome, unexplained)
}

/** When all is over, minute rows and history differ in nothing but rows that have expired. */
export async function checkVerified(outcome: Outcome): Promise<Failure | undefined> {
  return firstOf(outcome, ({ differences }) =>
    differences.filter(({ explanation }) => explanation !== 'past-retention'),
  )
}

type Verified = Parameters<typeof unexplained>[0]

async function firstOf(
  { stores, definition, graceMs, nowMs }: Outcome,
  wrongOf: (hour: Verified) => readonly Difference[],
): Promise<Failure | undefined> {
  const hours = new Set<number>()
  const all = stores.history.hours(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
  for await (const hourMs of all) hours.add(hourMs)
  for await (const hourMs of stores.minutes.hours()) hours.add(hourMs)
  const context = { definition, stores, graceMs, nowMs: () => nowMs }
  for await (const hour of verifyHours(context, hours)) {
    const [first] = wrongOf(hour)
    if (first === undefined) continue
    const minute = minuteName(first.minuteMs)
    const measures = JSON.stringify(first.measures)
    return {
      message: `verify finds no good reason for ${minute} ${first.key}: ${measures}`,
      about: [minute, hourName(hour.hourMs)],
    }
  }
  return undefined
}
