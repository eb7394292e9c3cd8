import { describe, expect, it } from 'vitest'
import { createGivenUpBatches } from '../../lib/aws/given-up-batches.ts'
import { failureRecord } from '../../local/event-source-mapping/failure-record.ts'
import { failureObjectKey } from '../../local/event-source-mapping.ts'
import { MemoryObjects } from '../conformance/memory-objects.ts'

const arrivalMs = Date.parse('2026-11-22T10:05:00.250Z')

const record = failureRecord(
  {
    source: { shardId: 'shardId-000000000007', streamArn: 'arn', region: 'local' },
    records: ['first', 'second'].map((text, at) => ({
      sequenceNumber: String(495 + at),
      partitionKey: 'any',
      data: Buffer.from(text).toString('base64'),
      arrivalMs,
    })),
    condition: 'RetryAttemptsExhausted',
    invocations: 51,
    functionThrew: true,
  },
  { functionName: 'stream-aggregate', requestId: 'request', nowMs: arrivalMs },
)
const key = failureObjectKey('mapping', record)

describe('batches that were given up', () => {
  it('are found where Lambda keeps them, and read as they were delivered', async () => {
    const objects = new MemoryObjects()
    await objects.put(key, Buffer.from(JSON.stringify(record)))
    await objects.put(`redriven/${key}`, Buffer.from(JSON.stringify(record)))
    const batches = createGivenUpBatches(objects)
    expect(await Array.fromAsync(batches.list())).toEqual([key])
    const batch = await batches.read(key)
    expect(batch).toMatchObject({
      shard: 'shardId-000000000007',
      firstSequenceNumber: '495',
      lastSequenceNumber: '496',
      arrivedMs: arrivalMs,
    })
    const texts = batch?.records.map(({ data }) => Buffer.from(data).toString())
    expect(texts).toEqual(['first', 'second'])
  })

  it('may be gone once they were listed', async () => {
    expect(await createGivenUpBatches(new MemoryObjects()).read(key)).toBeUndefined()
  })

  it.each(['null', '{}', '{"payload":{}}'])('are not what an object of %s holds', async (text) => {
    const objects = new MemoryObjects()
    await objects.put(key, Buffer.from(text))
    await expect(createGivenUpBatches(objects).read(key)).rejects.toThrow(
      `${key} holds no batch that was given up`,
    )
  })
})
