import { ListShardsCommand, MergeShardsCommand, SplitShardCommand } from '@aws-sdk/client-kinesis'
import { describe, expect, onTestFinished, test } from 'vitest'
import { localKinesisClient } from '../../emulator/clients.ts'
import { provisionStream } from '../../emulator/provision.ts'
import { kinesisForFile } from './kinesis-server.ts'
import { makeStream, putTexts } from './kinesis-stream.ts'
import { ends, numbers, startMapping } from './mapping-for-test.ts'

const kinesis = kinesisForFile()

describe('resharding', () => {
  async function shardIds(stream: string) {
    const { Shards = [] } = await kinesis.client.send(new ListShardsCommand({ StreamName: stream }))
    return Shards.map(({ ShardId = '' }) => ShardId)
  }

  /** Splits the only shard in the middle, and waits until that is done. */
  async function split(stream: string): Promise<void> {
    const [ShardToSplit] = await shardIds(stream)
    const NewStartingHashKey = (2n ** 127n).toString()
    await kinesis.client.send(
      new SplitShardCommand({ StreamName: stream, ShardToSplit, NewStartingHashKey }),
    )
    await expect.poll(() => shardIds(stream)).toHaveLength(3)
    await provisionStream(kinesis.client, { name: stream, shardCount: 1 })
  }

  test('drains a parent before its children, before and after a restart', async () => {
    const stream = await makeStream(kinesis.client, 1)
    const before = await putTexts(kinesis.client, stream, numbers(40), (text) => text)
    await split(stream)
    const after = await putTexts(kinesis.client, stream, numbers(40, 40), (text) => text)
    expect(new Set(after.map(({ shardId }) => shardId)).size).toBe(2)

    const mapping = await startMapping({
      kinesis: kinesis.client,
      stream,
      options: { batchSize: 7 },
    })
    await mapping.drained(ends([...before, ...after]))
    expect(mapping.texts().slice(0, 40)).toEqual(numbers(40))
    expect(mapping.texts().slice(40).toSorted()).toEqual(numbers(40, 40))
    await mapping.stop()

    const [, left, right] = await shardIds(stream)
    const merge = { ShardToMerge: left, AdjacentShardToMerge: right, StreamName: stream }
    await kinesis.client.send(new MergeShardsCommand(merge))
    await expect.poll(() => shardIds(stream)).toHaveLength(4)
    const merged = await putTexts(kinesis.client, stream, numbers(5, 80))
    const again = await startMapping({
      kinesis: kinesis.client,
      stream,
      checkpointFile: mapping.checkpointFile,
    })
    await again.drained(ends(merged))
    expect(again.texts()).toEqual(numbers(5, 80))
    expect(again.lag().filter(({ finished }) => finished)).toHaveLength(2)
  })

  test('does not count a closed shard as finished when stopped in the middle of it', async () => {
    const stream = await makeStream(kinesis.client, 1)
    const places = await putTexts(kinesis.client, stream, numbers(20))
    await split(stream)
    // The end of the shard is read while the function still has the first batch of it.
    const endRead = Promise.withResolvers<void>()
    const client = localKinesisClient(kinesis.endpoint)
    onTestFinished(() => client.destroy())
    client.middlewareStack.add(
      (next) => async (call) => {
        const result = await next(call)
        const output = result.output as { Records?: unknown; NextShardIterator?: string }
        const isEnd = output.Records !== undefined && output.NextShardIterator === undefined
        if (isEnd) setImmediate(endRead.resolve)
        return result
      },
      { step: 'initialize' },
    )
    const go = Promise.withResolvers<void>()
    const options = { batchSize: 15 }
    const first = await startMapping({
      kinesis: client,
      stream,
      consume: () => go.promise,
      options,
    })
    await endRead.promise
    await expect.poll(() => first.calls).toHaveLength(1)
    const stopped = first.stop()
    go.resolve()
    await stopped
    const second = await startMapping({
      kinesis: kinesis.client,
      stream,
      checkpointFile: first.checkpointFile,
    })
    await second.drained(ends(places))
    expect([...first.texts(), ...second.texts()]).toEqual(numbers(20))
  })

  test('is noticed while the mapping runs', async () => {
    const stream = await makeStream(kinesis.client, 1)
    const before = await putTexts(kinesis.client, stream, numbers(3), (text) => text)
    const mapping = await startMapping({ kinesis: kinesis.client, stream })
    await mapping.drained(ends(before))
    await split(stream)
    const after = await putTexts(kinesis.client, stream, numbers(30, 3), (text) => text)
    await mapping.drained(ends(after))
    expect(mapping.texts().slice(0, 3)).toEqual(numbers(3))
    expect(mapping.texts().slice(3)).toHaveLength(30)
  })
})
