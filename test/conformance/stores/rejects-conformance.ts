import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Reject } from '../../../lib/core/index.ts'
import { createRejects, type RejectedRecord, rejectedData } from '../../../lib/records/rejects.ts'
import type { Objects } from '../../../lib/store/objects.ts'
import { anyText } from '../../support/any-text.ts'
import type { BucketBackend } from '../backend.ts'

const hourMs = Date.parse('2026-11-22T10:00:00Z')
const cut = {
  lane: 'shardId-000000000001',
  firstSequenceNumber: '4959',
  lastSequenceNumber: '49590',
}

async function keysOf(objects: Objects): Promise<string[]> {
  const all = await Array.fromAsync(objects.list(''))
  return all.map(({ key }) => key)
}

export function rejectsConformance(backend: BucketBackend): void {
  describe('rejects', () => {
    const record = (data: string | Uint8Array, sequence: number): RejectedRecord => ({
      sequenceNumber: `4959${sequence}`,
      subSequenceNumber: 0,
      arrivedMs: hourMs + 61_000,
      reject: new Reject('missing', 'quantity', 'quantity is missing'),
      data: typeof data === 'string' ? Buffer.from(data) : data,
    })

    it('keep the record with where it came from, its field and the reason, by hour of arrival', async () => {
      const objects = await backend.emptyBucket()
      const rejects = createRejects(objects)
      const atFault = new Reject('not-utf8', undefined, 'the record is not UTF-8')
      const bytes = Uint8Array.of(0x22, 0xff, 0x00, 0x22)
      await rejects.append(cut, [
        record('{"a":"\\n"}', 1),
        { ...record(bytes, 2), subSequenceNumber: 3, reject: atFault },
      ])
      const keys = await Array.fromAsync(rejects.list())
      expect(keys).toEqual([
        expect.stringMatching(
          /^rejected\/2026-11-22\/10\/shardId-000000000001-4959-49590\.[0-9a-f]{16}\.ndjson\.gz$/,
        ),
      ])
      const base = { shard: 'shardId-000000000001', arrivedAt: '2026-11-22T10:01:01.000Z' }
      expect(await Array.fromAsync(rejects.read(keys[0] ?? ''))).toEqual([
        {
          ...base,
          sequenceNumber: '49591',
          subSequenceNumber: 0,
          field: 'quantity',
          reason: 'missing',
          message: 'quantity is missing',
          data: '{"a":"\\n"}',
        },
        {
          ...base,
          sequenceNumber: '49592',
          subSequenceNumber: 3,
          field: null,
          reason: 'not-utf8',
          message: 'the record is not UTF-8',
          dataBase64: Buffer.from(bytes).toString('base64'),
        },
      ])
    })

    it('are listed from the day on that they arrived in', async () => {
      const rejects = createRejects(await backend.emptyBucket())
      const dayMs = 86_400_000
      for (const days of [-1, 0, 9]) {
        const arrivedMs = hourMs + days * dayMs
        await rejects.append(cut, [{ ...record('x', 1), arrivedMs }])
      }
      const daysFrom = async (arrivedMs: number) => {
        const keys = await Array.fromAsync(rejects.listFrom(arrivedMs))
        return keys.map((key) => key.split('/')[1])
      }
      expect(await daysFrom(hourMs + 5 * 3_600_000)).toEqual(['2026-11-22', '2026-12-01'])
      expect(await daysFrom(hourMs - dayMs)).toEqual(['2026-11-21', '2026-11-22', '2026-12-01'])
      expect(await daysFrom(hourMs + 10 * dayMs)).toEqual([])
    })

    it('give back every byte of any record', async () => {
      const records = fc.array(
        fc.oneof(
          fc.uint8Array(),
          anyText().map((text) => Buffer.from(text)),
        ),
        { minLength: 1, maxLength: 4 },
      )
      await fc.assert(
        fc.asyncProperty(records, async (all) => {
          const rejects = createRejects(await backend.emptyBucket())
          await rejects.append(cut, all.map(record))
          const [key = ''] = await Array.fromAsync(rejects.list())
          const lines = await Array.fromAsync(rejects.read(key))
          const found = lines.map(rejectedData)
          expect(found.map((bytes) => [...bytes])).toEqual(all.map((bytes) => [...bytes]))
        }),
        { numRuns: Math.min(20, backend.mostRuns) },
      )
    })

    it('make the same object of the same cut, and stand beside those of another definition', async () => {
      const objects = await backend.emptyBucket()
      const rejects = createRejects(objects)
      for (const sequences of [[1, 2], [1, 2], [2]]) {
        await rejects.append(
          cut,
          sequences.map((sequence) => record('x', sequence)),
        )
      }
      const found = (await keysOf(objects)).map(async (key) => {
        const lines = await Array.fromAsync(rejects.read(key))
        return lines.map(({ sequenceNumber }) => sequenceNumber)
      })
      const all = await Promise.all(found)
      expect(all.sort((a, b) => b.length - a.length)).toEqual([['49591', '49592'], ['49592']])
    })

    it('put lines of an object beside it or elsewhere, with the digest of just these', async () => {
      const objects = await backend.emptyBucket()
      const rejects = createRejects(objects)
      await rejects.append(cut, [record('x', 1), record('y', 2)])
      const [whole = ''] = await keysOf(objects)
      const [first, second] = await Array.fromAsync(rejects.read(whole))
      if (first === undefined || second === undefined) throw new Error('There are two lines')
      expect(await rejects.putLines(whole, [first, second])).toBe(whole)
      const part = await rejects.putLines(whole, [second])
      expect(part.length).toBe(whole.length)
      expect(await Array.fromAsync(rejects.read(part))).toEqual([second])
      expect(await rejects.putLines(part, [first, second], 'kept/')).toBe(`kept/${whole}`)
    })

    it('write nothing where nothing was refused, and list by the beginning of an hour', async () => {
      const objects = await backend.emptyBucket()
      const rejects = createRejects(objects)
      await rejects.append(cut, [])
      expect(await keysOf(objects)).toEqual([])
      await rejects.append(cut, [record('x', 1)])
      await rejects.append(cut, [{ ...record('x', 2), arrivedMs: hourMs + 3_600_000 }])
      expect(await Array.fromAsync(rejects.list('2026-11-22/10/'))).toHaveLength(1)
      expect(await Array.fromAsync(rejects.list('2026-11-22/'))).toHaveLength(2)
      expect(await Array.fromAsync(rejects.list('2026-11-23/'))).toEqual([])
      expect(await Array.fromAsync(rejects.read('rejected/none'))).toEqual([])
    })
  })
}
