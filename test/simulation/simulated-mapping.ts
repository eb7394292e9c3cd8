import type { KinesisStreamEvent } from 'aws-lambda'
import {
  type FailureRecord,
  failureObjectKey,
} from '../../emulator/event-source-mapping/failure-record.ts'
import { completeOptions } from '../../emulator/event-source-mapping/mapping-options.ts'
import { readableShards } from '../../emulator/event-source-mapping/shard-order.ts'
import { processBatch } from '../../emulator/event-source-mapping/shard-processor.ts'
import { compareSequenceNumbers } from '../../lib/core/sequence-number.ts'
import type { SeededRandom } from '../data/seeded-random.ts'
import type { FaultSource } from './faults.ts'
import type { Scheduler } from './scheduler.ts'
import type { SimulatedShard, SimulatedStream } from './simulated-stream.ts'
import type { Story } from './story.ts'

export interface SimulatedMappingOptions {
  readonly stream: SimulatedStream
  readonly scheduler: Scheduler
  readonly random: SeededRandom
  readonly faults: FaultSource
  readonly story: Story
  readonly maxBatchSize: number
  readonly maxRetries: number
  readonly invoke: (event: KinesisStreamEvent) => Promise<unknown>
  /** Keeps a batch that is given up, as Lambda does, whatever happens to our functions. */
  readonly keepFailure: (objectKey: string, record: FailureRecord) => Promise<void>
}

/** A record of a child shard was given to the function while a parent was not done. */
class OutOfOrder extends Error {
  override readonly name = 'OutOfOrder'
}

interface Reading {
  readonly stopping: AbortController
}

const maxGatherMs = 10_000
const failOverShare = 0.02

/**
 * An event source mapping in simulated time, on the decisions of the real one. Its pollers fail over:
 * a new one begins at an older record while the invocation of the last is still under way.
 */
export class SimulatedMapping {
  readonly #options: SimulatedMappingOptions
  /** How many records of a shard are done, from the first on. */
  readonly #done = new Map<string, number>()
  readonly #readings = new Map<string, Reading>()
  #failures = 0
  /** Rejects with whatever must not happen. */
  readonly broken = Promise.withResolvers<never>()

  constructor(options: SimulatedMappingOptions) {
    this.#options = options
    this.broken.promise.catch(() => undefined)
  }

  /** Reads shards from now on, each once its parents are done. Never ends. */
  async run(): Promise<never> {
    const { stream } = this.#options
    for (;;) {
      const readable = readableShards(stream.shards, (shardId) => this.#isFinished(shardId))
      for (const { shardId } of readable) if (!this.#readings.has(shardId)) this.#read(shardId)
      await Promise.race([stream.changed(), this.#aShardIsFinished()])
    }
  }

  /** Whether all that was ever put into the stream is done or given up. */
  isDrained(): boolean {
    return this.#options.stream.shards.every(
      ({ shardId, records }) => this.#doneOf(shardId) === records.length,
    )
  }

  #finished = Promise.withResolvers<void>()

  #aShardIsFinished(): Promise<void> {
    return this.#finished.promise
  }

  #read(shardId: string): void {
    const reading = { stopping: new AbortController() }
    this.#readings.set(shardId, reading)
    this.#readShard(this.#shard(shardId), reading).catch(this.broken.reject)
  }

  async #readShard(shard: SimulatedShard, reading: Reading): Promise<void> {
    const { stream, scheduler, random, maxBatchSize } = this.#options
    const { signal } = reading.stopping
    while (!signal.aborted) {
      const from = this.#doneOf(shard.shardId)
      if (from === shard.records.length) {
        if (shard.closed) break
        await stream.changed()
        continue
      }
      await scheduler.sleep(random.below(maxGatherMs))
      if (signal.aborted) return
      const size = 1 + random.below(maxBatchSize)
      await this.#process(shard, shard.records.slice(from, from + size), reading)
    }
    if (signal.aborted) return
    this.#finished.resolve()
    this.#finished = Promise.withResolvers()
  }

  async #process(
    shard: SimulatedShard,
    records: SimulatedShard['records'],
    reading: Reading,
  ): Promise<void> {
    const { scheduler, maxRetries, keepFailure } = this.#options
    const options = completeOptions({
      batchSize: 10_000,
      batchWindowMs: 0,
      bisectOnError: true,
      maxRetries,
      reportBatchItemFailures: true,
      functionName: 'stream-aggregate',
      // The simulated function takes its time; the mapping's own pauses are of real time.
      retryBaseMs: 0,
      now: () => scheduler.nowMs,
    })
    await processBatch(records, {
      source: { shardId: shard.shardId, streamArn: 'arn:aws:kinesis:::stream/s', region: 'r' },
      options,
      signal: reading.stopping.signal,
      invoke: (event) => this.#invoke(shard, event),
      onFailure: async (record) => {
        this.#options.faults.count('batch given up')
        this.#options.story.tell(() => `mapping: gave up ${describeFailure(record)}`)
        const requestId = String(this.#failures++)
        const named = { ...record, requestContext: { ...record.requestContext, requestId } }
        await keepFailure(failureObjectKey('simulated', named), named)
      },
      checkpoint: async (through) => this.#checkpoint(shard, through, reading),
    })
  }

  async #invoke(shard: SimulatedShard, event: KinesisStreamEvent): Promise<unknown> {
    this.#checkOrder(shard)
    this.#maybeFailOver(shard)
    const { random, faults } = this.#options
    const answer = (await this.#options.invoke(event)) as { batchItemFailures?: unknown[] }
    if (faults.happens('response lost', 0.01)) throw new Error('The response was lost')
    const failed = (answer.batchItemFailures?.length ?? 0) > 0
    if (failed && event.Records.length > 1) faults.count('bisected')
    // Lambda backs off before it comes again.
    if (failed) await this.#options.scheduler.sleep(random.below(5_000))
    return answer
  }

  /** A shard's parents come first: of a key's records none may overtake another. */
  #checkOrder(shard: SimulatedShard): void {
    for (const parentId of shard.parentIds) {
      const { records } = this.#shard(parentId)
      if (this.#doneOf(parentId) < records.length) {
        const message = `${shard.shardId} was read before its parent ${parentId} was done`
        // Not thrown: that would be taken for the failure of an invocation.
        this.broken.reject(new OutOfOrder(message))
      }
    }
  }

  #maybeFailOver({ shardId }: SimulatedShard): void {
    const { faults, random, story } = this.#options
    if (!faults.happens('redelivered in another cut', failOverShare)) return
    const done = this.#doneOf(shardId)
    const back = Math.max(0, done - random.below(8))
    story.tell(() => `mapping: fails over on ${shardId}, from record ${back} in place of ${done}`)
    this.#readings.get(shardId)?.stopping.abort()
    this.#done.set(shardId, back)
    this.#read(shardId)
  }

  /** What a poller that was given up finishes, nobody hears of. */
  #checkpoint(shard: SimulatedShard, through: string, reading: Reading): void {
    if (this.#readings.get(shard.shardId) !== reading) return
    const at = shard.records.findIndex(
      ({ sequenceNumber }) => compareSequenceNumbers(sequenceNumber, through) === 0,
    )
    this.#done.set(shard.shardId, at + 1)
  }

  #isFinished(shardId: string): boolean {
    const { closed, records } = this.#shard(shardId)
    return closed && this.#doneOf(shardId) === records.length
  }

  #doneOf(shardId: string): number {
    return this.#done.get(shardId) ?? 0
  }

  #shard(shardId: string): SimulatedShard {
    const shard = this.#options.stream.shards.find((one) => one.shardId === shardId)
    if (shard === undefined) throw new Error(`There is no shard ${shardId}`)
    return shard
  }
}

function describeFailure({ KinesisBatchInfo }: FailureRecord): string {
  const { shardId, startSequenceNumber, endSequenceNumber, batchSize } = KinesisBatchInfo
  return `${batchSize} records of ${shardId}, ${startSequenceNumber} to ${endSequenceNumber}`
}
