import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createRejects, rejectsCut, rejectsHour } from '../../lib/records/rejects.ts'
import { MemoryObjects } from '../../lib/store/memory/memory-objects.ts'
import { StorageTrouble } from '../../lib/store/storage-trouble.ts'
import { UnexpectedContent } from '../../lib/store/unexpected-content.ts'
import { faultyObjects } from '../support/faulty-stores.ts'

const hourMs = Date.parse('2026-11-22T10:00:00Z')

describe('rejects', () => {
  const line = {
    shard: 's-1',
    sequenceNumber: '1',
    subSequenceNumber: 0,
    arrivedAt: '2026-11-22T10:00:00.000Z',
    field: null,
    reason: 'missing',
    message: 'it is',
    data: 'x',
  }

  it.each<[string, unknown]>([
    ['JSON', 'no JSON'],
    ['rejected record', null],
    ['rejected record', { ...line, shard: 'a/b' }],
    ['rejected record', { ...line, shard: '' }],
    ['rejected record', { ...line, sequenceNumber: 1 }],
    ['rejected record', { ...line, sequenceNumber: '1-' }],
    ['rejected record', { ...line, subSequenceNumber: '0' }],
    ['rejected record', { ...line, arrivedAt: 'then' }],
    ['rejected record', { ...line, field: 7 }],
    ['rejected record', { ...line, reason: undefined }],
    ['rejected record', { ...line, message: undefined }],
    ['rejected record', { ...line, data: undefined }],
    ['rejected record', { ...line, data: null, dataBase64: 'eA==' }],
  ])('tell of a line that is no %s: %j', async (what, value) => {
    const objects = new MemoryObjects()
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    await objects.put('rejected/x', gzipSync(`${JSON.stringify(line)}\n${text}\n`))
    const reading = Array.fromAsync(createRejects(objects).read('rejected/x'))
    await expect(reading).rejects.toThrow(`rejected/x holds a line that is no ${what}`)
  })

  it('tell of an object that is damaged, and of trouble as what it is', async () => {
    const objects = new MemoryObjects()
    await objects.put('rejected/x', gzipSync(JSON.stringify(line)).subarray(0, -9))
    const rejects = createRejects(objects)
    await expect(Array.fromAsync(rejects.read('rejected/x'))).rejects.toThrow(UnexpectedContent)
    const cut = async function* () {
      yield gzipSync(JSON.stringify(line)).subarray(0, 20)
      throw new Error('connection reset')
    }
    const troubled = createRejects({
      ...faultyObjects(objects, (request) => request()),
      get: async () => cut(),
    })
    await expect(Array.fromAsync(troubled.read('rejected/x'))).rejects.toThrow(StorageTrouble)
  })

  it.each([
    ['rejected/2026-11-22/10/shardId-000000000001-4959-49590.0123456789abcdef.ndjson.gz', true],
    ['rejected/2026-11-22/10/file-0f0f-7-7.ndjson.gz', true],
    ['rejected/2026-11-22/24/s-1-1.ndjson.gz', false],
    ['rejected/2026-11-22/1/s-1-1.ndjson.gz', false],
    ['rejected/2026-02-30/10/s-1-1.ndjson.gz', false],
    ['rejected/2026-11-22/10/s-1-1.ndjson', false],
    ['rejected/2026-11-22/10/a/s-1-1.ndjson.gz', false],
    ['redriven/rejected/2026-11-22/10/s-1-1.ndjson.gz', false],
  ])('are named by the hour of their arrival: %s %s', (objectKey, isOurs) => {
    if (isOurs) expect(rejectsHour(objectKey)).toBe(hourMs)
    else expect(() => rejectsHour(objectKey)).toThrow('is not named as rejects are')
  })

  it('tell the cut that they are named by, also those of former versions', () => {
    const cut = { lane: 'file-0f0f', firstSequenceNumber: '7', lastSequenceNumber: '12' }
    const folder = 'rejected/2026-11-22/10'
    expect(rejectsCut(`${folder}/file-0f0f-7-12.0123456789abcdef.ndjson.gz`)).toEqual(cut)
    expect(rejectsCut(`${folder}/file-0f0f-7-12.ndjson.gz`)).toEqual(cut)
    expect(() => rejectsCut(`${folder}/file.ndjson.gz`)).toThrow('is not named as rejects are')
  })
})
