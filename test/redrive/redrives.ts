import {
  failureObjectKey,
  failureRecord,
} from '../../emulator/event-source-mapping/failure-record.ts'
import { defaultGraceMs } from '../../lib/contract/defaults.ts'
import { type Definition, string } from '../../lib/core/index.ts'
import type { KinesisBatch } from '../../lib/records/kinesis-batch.ts'
import { redriveFailedBatches } from '../../lib/redrive/redrive-failed-batches.ts'
import type { RedriveOptions } from '../../lib/redrive/redrive-options.ts'
import { redriveRejects } from '../../lib/redrive/redrive-rejects.ts'
import { applyBatch } from '../../lib/stream/apply-batch.ts'
import { dyingAt } from '../support/broken-worlds.ts'
import { salesPipeline } from '../support/sales.ts'
import { storesOn, type World } from '../support/world.ts'
import { rejectLines } from '../support/world-rows.ts'

/** `salesPipeline` as it was before somebody corrected it: it took these products only. */
export function takingOnly(pattern: RegExp): Definition {
  const product = string({ minBytes: 1, maxBytes: 32, pattern })
  return { ...salesPipeline, event: { ...salesPipeline.event, product } }
}

interface AtOptions extends Partial<RedriveOptions> {
  readonly definition?: Definition
}

export function redriveStores(world: World) {
  return { ...storesOn(world, () => 0), objects: world.objects }
}

export function redriveRejectsAt(world: World, nowMs: number, options: AtOptions = {}) {
  const { definition = salesPipeline, ...rest } = options
  const clock = { nowMs: () => nowMs, dryRun: false, graceMs: defaultGraceMs, ...rest }
  return redriveRejects(definition, redriveStores(world), clock)
}

export function redriveBatchesAt(world: World, nowMs: number, options: AtOptions = {}) {
  const { definition = salesPipeline, ...rest } = options
  const clock = { nowMs: () => nowMs, dryRun: false, graceMs: defaultGraceMs, ...rest }
  return redriveFailedBatches(definition, redriveStores(world), clock)
}

/** Applies a batch, by a function that dies once it has made so many requests. */
export async function applyInPart(
  world: World,
  batch: KinesisBatch,
  nowMs: number,
  requests: number,
  definition: Definition = salesPipeline,
): Promise<void> {
  const stores = storesOn(dyingAt(world, requests), () => nowMs)
  await applyBatch(definition, stores, batch, nowMs).catch(() => undefined)
}

/** Keeps a batch as the event source mapping does that gave up on it. Returns the object's name. */
export async function giveUp(world: World, batch: KinesisBatch, requestId = 'r1'): Promise<string> {
  const source = {
    shardId: batch.shard,
    streamArn: 'arn:aws:kinesis:us-east-1:1:stream/s',
    region: 'us-east-1',
  }
  const records = [...batch.records].map(({ sequenceNumber, arrivedMs, data }) => ({
    sequenceNumber,
    partitionKey: 'any',
    data: Buffer.from(data).toString('base64'),
    arrivalMs: arrivedMs,
  }))
  const record = failureRecord(
    {
      source,
      records,
      condition: 'RetryAttemptsExhausted',
      invocations: 51,
      functionThrew: false,
    },
    { functionName: 'stream-aggregate', requestId, nowMs: batch.arrivedMs + 3_600_000 },
  )
  const objectKey = failureObjectKey('mapping', record)
  await world.objects.put(objectKey, Buffer.from(JSON.stringify(record)))
  return objectKey
}

/** The names and the lines of all objects that hold rejects. */
export async function rejectsByObject(world: World): Promise<Record<string, string[]>> {
  const { rejects } = storesOn(world, () => 0)
  const found: Record<string, string[]> = {}
  for await (const objectKey of rejects.list()) {
    const lines = await Array.fromAsync(rejects.read(objectKey))
    found[objectKey] = lines.map((line) => line.data ?? '')
  }
  return found
}

/** Each rejected record once, its data, sorted. */
export const rejectedTexts = async (world: World): Promise<string[]> =>
  (await rejectLines(world)).map(({ data }) => data ?? '').sort()
