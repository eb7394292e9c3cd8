import { readFileSync } from 'node:fs'
import type { KinesisStreamEvent } from 'aws-lambda'
import { describe, expect, test } from 'vitest'
import { kinesisForFile } from './kinesis-server.ts'
import { makeStream, putTexts } from './kinesis-stream.ts'
import { type Call, ends, numbers, startMapping } from './mapping-for-test.ts'

const kinesis = kinesisForFile()

const options = { batchSize: 10 }

describe('batches', () => {
  test('hold the records of a shard in order, up to batchSize', async () => {
    const stream = await makeStream(kinesis.client, 1)
    const places = await putTexts(kinesis.client, stream, numbers(450))
    const mapping = await startMapping({ kinesis: kinesis.client, stream })
    await mapping.drained(ends(places))
    expect(mapping.texts()).toEqual(numbers(450))
    const sizes = mapping.calls.map(({ texts }) => texts.length)
    expect(Math.max(...sizes)).toBe(100)
    expect(mapping.checkpoints()).toEqual(ends(places))
    expect(mapping.progress.reduce((sum, { records }) => sum + records, 0)).toBe(450)
    expect(mapping.progress.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(
      numbers(450).join('').length,
    )
  })

  test('of one shard never overlap, while shards go side by side', async () => {
    const stream = await makeStream(kinesis.client, 4)
    const busy = new Set<string>()
    // The first one waits for a second one at another shard.
    const sideBySide = Promise.withResolvers<void>()
    const consume = async ({ shardId }: Call) => {
      expect(busy.has(shardId)).toBe(false)
      busy.add(shardId)
      if (busy.size > 1) sideBySide.resolve()
      await sideBySide.promise
      busy.delete(shardId)
    }
    const places = await putTexts(kinesis.client, stream, numbers(400), (text) => text)
    const mapping = await startMapping({ kinesis: kinesis.client, stream, consume, options })
    await mapping.drained(ends(places))
    expect(mapping.failures).toEqual([])
    expect(mapping.texts().toSorted()).toEqual(numbers(400).toSorted())
    for (const shardId of new Set(places.map((place) => place.shardId))) {
      const put = numbers(400).filter((_, index) => places[index]?.shardId === shardId)
      const got = mapping.calls.filter((call) => call.shardId === shardId)
      expect(got.flatMap(({ texts }) => texts)).toEqual(put)
    }
  })

  test('stay within the payload limit', async () => {
    const stream = await makeStream(kinesis.client, 1)
    const texts = numbers(14).map((text) => text.padEnd(900_000))
    const sizes: number[] = []
    const consume = (_: Call, event: KinesisStreamEvent) => {
      sizes.push(Buffer.byteLength(JSON.stringify(event)))
    }
    const places = [
      ...(await putTexts(kinesis.client, stream, texts.slice(0, 5))),
      ...(await putTexts(kinesis.client, stream, texts.slice(5, 10))),
      ...(await putTexts(kinesis.client, stream, texts.slice(10))),
    ]
    const mapping = await startMapping({
      kinesis: kinesis.client,
      stream,
      consume,
      options: { batchWindowMs: 300 },
    })
    await mapping.drained(ends(places))
    expect(mapping.texts().map((text) => text.trim())).toEqual(numbers(14))
    expect(Math.max(...sizes)).toBeLessThanOrEqual(6 * 1024 * 1024)
    // Five such records fit, and a sixth does not.
    expect(mapping.calls[0]?.texts).toHaveLength(5)
  })

  test('go out after batchWindowMs, full or not', async () => {
    const stream = await makeStream(kinesis.client, 1)
    const mapping = await startMapping({
      kinesis: kinesis.client,
      stream,
      options: { batchWindowMs: 300 },
    })
    await mapping.drained(ends(await putTexts(kinesis.client, stream, numbers(5))))
    expect(mapping.calls.map(({ texts }) => texts)).toEqual([numbers(5)])
  })

  test('are gathered from as many reads as it takes', async () => {
    const stream = await makeStream(kinesis.client, 1)
    const options = { batchSize: 5, batchWindowMs: 600_000 }
    const mapping = await startMapping({ kinesis: kinesis.client, stream, options })
    const places: { shardId: string; sequenceNumber: string }[] = []
    for (const text of numbers(5)) places.push(...(await putTexts(kinesis.client, stream, [text])))
    await mapping.drained(ends(places))
    expect(mapping.calls.map(({ texts }) => texts)).toEqual([numbers(5)])
  })

  test('that are full do not wait for the window', async () => {
    const stream = await makeStream(kinesis.client, 1)
    const places = await putTexts(kinesis.client, stream, numbers(200))
    const mapping = await startMapping({
      kinesis: kinesis.client,
      stream,
      options: { batchWindowMs: 600_000 },
    })
    await mapping.drained(ends(places))
    expect(mapping.calls.map(({ texts }) => texts.length)).toEqual([100, 100])
  })
})

describe('checkpoints', () => {
  test('let another run go on where the last one stopped', async () => {
    const stream = await makeStream(kinesis.client, 2)
    const before = await putTexts(kinesis.client, stream, numbers(50), (text) => text)
    const first = await startMapping({ kinesis: kinesis.client, stream })
    await first.drained(ends(before))
    await first.stop()
    const after = await putTexts(kinesis.client, stream, numbers(50, 50), (text) => text)
    const second = await startMapping({
      kinesis: kinesis.client,
      stream,
      checkpointFile: first.checkpointFile,
    })
    await second.drained(ends([...before, ...after]))
    expect(second.texts().toSorted()).toEqual(numbers(50, 50))
  })

  test('are on disk for each batch that is done, and not for the one under way', async () => {
    const stream = await makeStream(kinesis.client, 1)
    const places = await putTexts(kinesis.client, stream, numbers(30))
    const stuck = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    const consume = async ({ texts }: Call) => {
      if (!texts.includes('20')) return
      reached.resolve()
      await stuck.promise
    }
    const mapping = await startMapping({ kinesis: kinesis.client, stream, consume, options })
    await reached.promise
    const { shards } = JSON.parse(readFileSync(mapping.checkpointFile, 'utf8'))
    expect(Object.values(shards)).toEqual([
      { through: places[19]?.sequenceNumber, finished: false },
    ])
    stuck.resolve()
    await mapping.drained(ends(places))
  })

  test('are passed already when a drained run is asked again', async () => {
    const stream = await makeStream(kinesis.client, 1)
    const places = await putTexts(kinesis.client, stream, numbers(3))
    const mapping = await startMapping({ kinesis: kinesis.client, stream })
    await mapping.drained(ends(places))
    await mapping.drained(ends(places.slice(0, 1)))
    await mapping.drained(new Map())
  })

  test('stopping waits for the batch under way and keeps it', async () => {
    const stream = await makeStream(kinesis.client, 1)
    const places = await putTexts(kinesis.client, stream, numbers(20))
    const reached = Promise.withResolvers<void>()
    const go = Promise.withResolvers<void>()
    const consume = async () => {
      reached.resolve()
      await go.promise
    }
    const mapping = await startMapping({ kinesis: kinesis.client, stream, consume, options })
    await reached.promise
    const stopped = mapping.stop()
    go.resolve()
    await stopped
    expect(mapping.calls).toHaveLength(1)
    expect([...mapping.checkpoints().values()]).toEqual([places[9]?.sequenceNumber])
  })
})
