import { type Definition, decodeKey, minuteName } from '../../lib/core/index.ts'
import type { VerifiedHour } from '../../lib/verify/compare-hour.ts'
import type { VerifyContext } from '../../lib/verify/verify-context.ts'
import { verifyHours } from '../../lib/verify/verify-hours.ts'
import { giveUp as giveUpBatch } from '../redrive/redrives.ts'
import { salesPipeline } from '../support/sales.ts'
import { batchOf, type SequencedLine } from '../support/sales-batches.ts'
import { at } from '../support/steps.ts'
import { storesOn, type World } from '../support/world.ts'

const graceMs = 300_000

/** The hour that most tests verify. */
export const hourMs = at('16T10:00:00')
/** When its records come. */
export const arrivedMs = at('16T10:10:00')
/** When it is over, and so verified. */
export const over = at('16T12:00:00')

export function verifyContext(
  world: World,
  nowMs: number,
  definition: Definition = salesPipeline,
): VerifyContext {
  return { definition, stores: storesOn(world, () => nowMs), graceMs, nowMs: () => nowMs }
}

export async function verifyHour(
  context: VerifyContext,
  hourMs: number,
): Promise<VerifiedHour & { readonly texts: readonly string[] }> {
  const [verified] = await Array.fromAsync(verifyHours(context, [hourMs]))
  if (verified === undefined) throw new Error('An hour was asked for, and none came')
  return { ...verified, texts: textsOf(verified) }
}

/** The differences of `by-product` in that hour. */
export async function productTexts(world: World, definition?: Definition): Promise<string[]> {
  const { texts } = await verifyHour(verifyContext(world, over, definition), hourMs)
  return texts.filter((text) => text.startsWith('by-product'))
}

/** `<key> <minute>: <measure> <of minutes> <of history>, …; <explanation>` of each difference. */
function textsOf({ differences }: VerifiedHour): string[] {
  return differences
    .map(({ aggregation, key, minuteMs, measures, explanation }) => {
      const row = `${aggregation.name} ${decodeKey(key).join()} ${minuteName(minuteMs).slice(11)}`
      const values = measures.map(({ name, minutes, history }) => `${name} ${minutes} ${history}`)
      return `${row}: ${values.join(', ')}; ${explanation ?? 'unexplained'}`
    })
    .sort()
}

/** Keeps records of a shard as Lambda keeps those that it gave up on. Returns the object's name. */
export function giveUp(
  world: World,
  shard: number,
  records: readonly SequencedLine[],
  arrivedMs: number,
): Promise<string> {
  return giveUpBatch(world, batchOf(shard, records, arrivedMs), `request-${arrivedMs}`)
}
