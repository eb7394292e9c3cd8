import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
} from '@aws-sdk/client-kinesis'
import { listShards } from '../../emulator/event-source-mapping/shard-list.ts'
import { untilAnswered } from '../../emulator/kinesis-retry.ts'
import { ExpectedTotals } from './expected-totals.ts'

const recordsAtOnce = 5_000

/** The data of every record of a stream, shard after shard. */
async function* recordsOf(kinesis: KinesisClient, stream: string): AsyncGenerator<Uint8Array> {
  for (const { shardId } of await listShards(kinesis, stream, new AbortController().signal)) {
    const start = new GetShardIteratorCommand({
      StreamName: stream,
      ShardId: shardId,
      ShardIteratorType: 'TRIM_HORIZON',
    })
    let { ShardIterator: iterator } = await untilAnswered(() => kinesis.send(start))
    while (iterator !== undefined) {
      const command = new GetRecordsCommand({ ShardIterator: iterator, Limit: recordsAtOnce })
      const { Records = [], NextShardIterator } = await untilAnswered(() => kinesis.send(command))
      for (const { Data } of Records) if (Data !== undefined) yield Data
      // The shards are open, so their ends are where there is nothing more yet.
      if (Records.length === 0) break
      iterator = NextShardIterator
    }
  }
}

/**
 * What the minutes from a moment on come to when every record of the stream counts, a producer's
 * duplicates as well, which is what is promised of hours that are open. A put of records whose answer
 * is lost makes duplicates of which the producer itself knows nothing, so the stream is asked.
 */
export async function totalsByRecord(
  kinesis: KinesisClient,
  stream: string,
  fromMs: number,
): Promise<ExpectedTotals> {
  const totals = new ExpectedTotals()
  for await (const data of recordsOf(kinesis, stream)) {
    const event = JSON.parse(Buffer.from(data).toString())
    const timeMs = Date.parse(event.timestamp)
    // Malformed ones are never of these hours.
    if (!(timeMs >= fromMs)) continue
    const { productId, currency, quantity, unitPrice } = event
    const priceUnits = Math.round(unitPrice * 10_000)
    totals.add({ timeMs, productId, currency, quantity, priceUnits })
  }
  return totals
}
