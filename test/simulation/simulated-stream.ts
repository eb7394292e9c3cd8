import type { StreamRecord } from '../../emulator/event-source-mapping/stream-record.ts'

/** A shard with all that was ever put into it. */
export interface SimulatedShard {
  readonly shardId: string
  readonly parentIds: readonly string[]
  readonly records: StreamRecord[]
  /** Nothing is put into it any more. */
  closed: boolean
}

/**
 * A stream. Sequence numbers grow over the whole of it, and soon get a digit more: as numbers they
 * are in order, as texts they are not.
 */
export class SimulatedStream {
  readonly shards: SimulatedShard[] = []
  #sequence: bigint
  readonly #waiting: (() => void)[] = []

  constructor(shardCount: number, firstSequence: bigint) {
    this.#sequence = firstSequence
    for (let shard = 0; shard < shardCount; shard++) this.#add([])
  }

  get openShards(): SimulatedShard[] {
    return this.shards.filter(({ closed }) => !closed)
  }

  put(shard: SimulatedShard, data: Uint8Array, partitionKey: string, arrivalMs: number): void {
    if (shard.closed) throw new Error(`${shard.shardId} is closed`)
    this.#sequence += 1n
    shard.records.push({
      sequenceNumber: String(this.#sequence),
      partitionKey,
      data: Buffer.from(data).toString('base64'),
      arrivalMs,
    })
    this.#tell()
  }

  split(shard: SimulatedShard): void {
    shard.closed = true
    this.#add([shard.shardId])
    this.#add([shard.shardId])
    this.#tell()
  }

  merge(one: SimulatedShard, other: SimulatedShard): void {
    one.closed = true
    other.closed = true
    this.#add([one.shardId, other.shardId])
    this.#tell()
  }

  /** Resolves when there is something new: a record, or a shard. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #add(parentIds: readonly string[]): void {
    const shardId = `shardId-${String(this.shards.length).padStart(12, '0')}`
    this.shards.push({ shardId, parentIds, records: [], closed: false })
  }

  #tell(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
