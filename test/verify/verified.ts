import { decodeKey, minuteName, type Pipeline } from '../../lib/core/index.ts'
import type { VerifiedHour } from '../../lib/verify/compare-hour.ts'
import type { VerifyContext } from '../../lib/verify/verify-context.ts'
import { verifyHours } from '../../lib/verify/verify-hours.ts'
import { failureRecord } from '../../local/event-source-mapping/failure-record.ts'
import { failureObjectKey } from '../../local/event-source-mapping.ts'
import { salesPipeline } from '../aws/sales.ts'
import { batchOf, type SequencedLine } from '../functions/sales-batches.ts'
import { storesOn, type World } from '../functions/world.ts'

const graceMs = 300_000

export function verifyContext(
  world: World,
  nowMs: number,
  pipeline: Pipeline = salesPipeline,
): VerifyContext {
  return { pipeline, stores: storesOn(world, () => nowMs), graceMs, nowMs: () => nowMs }
}

export async function verifyHour(
  context: VerifyContext,
  hourMs: number,
): Promise<VerifiedHour & { readonly texts: readonly string[] }> {
  const [verified] = await Array.fromAsync(verifyHours(context, [hourMs]))
  if (verified === undefined) throw new Error('An hour was asked for, and none came')
  return { ...verified, texts: textsOf(verified) }
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
export async function giveUp(
  world: World,
  shard: number,
  records: readonly SequencedLine[],
  arrivedMs: number,
): Promise<string> {
  const batch = batchOf(shard, records, arrivedMs)
  const record = failureRecord(
    {
      source: { shardId: batch.shard, streamArn: 'arn:aws:kinesis:::stream', region: 'local' },
      records: batch.records.map(({ sequenceNumber, data }) => ({
        sequenceNumber,
        partitionKey: 'any',
        data: Buffer.from(data).toString('base64'),
        arrivalMs: arrivedMs,
      })),
      condition: 'RetryAttemptsExhausted',
      invocations: 51,
      functionThrew: false,
    },
    { functionName: 'stream-aggregate', requestId: `request-${arrivedMs}`, nowMs: arrivedMs },
  )
  const key = failureObjectKey('mapping', record)
  await world.objects.put(key, Buffer.from(JSON.stringify(record)))
  return key
}
