import { zstdDecompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import {
  createHistory,
  type HistoryChunk,
  isRedriven,
  largeHourBytes,
  redrivenLane,
} from '../../../lib/records/history.ts'
import type { Objects } from '../../../lib/store/objects.ts'
import { UnexpectedContent } from '../../../lib/store/unexpected-content.ts'
import { faultyObjects } from '../../support/faulty-stores.ts'
import { linesIn } from '../../support/history-lines.ts'
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

async function textsOf(chunks: AsyncIterable<HistoryChunk>): Promise<string[]> {
  const lines = await linesIn(chunks)
  return lines.map((line) => Buffer.from(line).toString())
}

async function bytesOf(objects: Objects, key: string): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync((await objects.get(key)) ?? []))
}

export function historyConformance(backend: BucketBackend): void {
  describe('history', () => {
    it('keeps events as received under their hour, named by their cut', async () => {
      const objects = await backend.emptyBucket()
      const events = ['{"id":"1"}', '\ufeff {"id":"ä🧺"}\r'].map((text) => Buffer.from(text))
      await createHistory(objects).append(cut, hourMs, events)
      const [key = '', ...others] = await keysOf(objects)
      expect(others).toEqual([])
      expect(key).toMatch(
        /^history\/2026-11-22\/10\/shardId-000000000001-4959-49590\.[0-9a-f]{16}\.ndjson\.zst$/,
      )
      expect(zstdDecompressSync(await bytesOf(objects, key)).toString()).toBe(
        '{"id":"1"}\n\ufeff {"id":"ä🧺"}\r\n',
      )
    })

    it('puts an event over several lines onto one, with the same meaning', async () => {
      const objects = await backend.emptyBucket()
      const history = createHistory(objects)
      const event = '{\n  "id": "a\\nb",\n  "at": "now"\n}'
      await history.append(cut, hourMs, [Buffer.from(event), Buffer.from('{}')])
      const lines = await textsOf(history.read(hourMs))
      expect(lines).toHaveLength(2)
      expect(JSON.parse(lines[0] ?? '')).toEqual(JSON.parse(event))
    })

    it('makes the same object of the same cut, byte for byte, and stands another beside it', async () => {
      const objects = await backend.emptyBucket()
      const history = createHistory(objects)
      const events = [Buffer.from('{"id":"1"}'), Buffer.from('{"id":"2"}')]
      await history.append(cut, hourMs, events)
      const [key = ''] = await keysOf(objects)
      const before = await bytesOf(objects, key)
      await history.append(cut, hourMs, events)
      expect((await bytesOf(objects, key)).equals(before)).toBe(true)
      await history.append({ ...cut, lastSequenceNumber: '4959' }, hourMs, events.slice(0, 1))
      await history.append({ ...cut, lane: 'shardId-000000000000' }, hourMs, events)
      expect(await textsOf(history.read(hourMs))).toEqual([
        ...['{"id":"1"}', '{"id":"2"}'],
        '{"id":"1"}',
        ...['{"id":"1"}', '{"id":"2"}'],
      ])
    })

    it('keeps the same cut under two definitions that take other events of it', async () => {
      const history = createHistory(await backend.emptyBucket())
      await history.append(cut, hourMs, [Buffer.from('{"id":"1"}')])
      await history.append(
        cut,
        hourMs,
        ['{"id":"1"}', '{"id":"2"}'].map((text) => Buffer.from(text)),
      )
      expect((await textsOf(history.read(hourMs))).sort()).toEqual([
        '{"id":"1"}',
        '{"id":"1"}',
        '{"id":"2"}',
      ])
    })

    it('reads one hour only', async () => {
      const history = createHistory(await backend.emptyBucket())
      for (const hours of [-1, 0, 1, 10, 24]) {
        await history.append(cut, hourMs + hours * 3_600_000, [Buffer.from(`{"hour":${hours}}`)])
      }
      expect(await textsOf(history.read(hourMs))).toEqual(['{"hour":0}'])
      expect(await textsOf(history.read(hourMs + 2 * 3_600_000))).toEqual([])
    })

    it('throws where an object is gone that was listed a moment ago', async () => {
      const objects = await backend.emptyBucket()
      const history = createHistory({
        ...faultyObjects(objects, (request) => request()),
        get: async () => undefined,
      })
      await createHistory(objects).append(cut, hourMs, [Buffer.from('{}')])
      await expect(textsOf(history.read(hourMs))).rejects.toThrow('History has lost history/2026')
    })

    it('tells of each event which cut it came in, redriven ones by their lane', async () => {
      const history = createHistory(await backend.emptyBucket())
      const redriven = { ...cut, lane: redrivenLane(cut.lane) }
      await history.append(cut, hourMs, [Buffer.from('{"id":"1"}')])
      await history.append(redriven, hourMs, [Buffer.from('{"id":"2"}')])
      const chunks = await Array.fromAsync(history.read(hourMs))
      expect(chunks.map((chunk) => chunk.cut)).toEqual([redriven, cut])
      expect(chunks.map((chunk) => isRedriven(chunk.cut))).toEqual([true, false])
    })

    it('knows the hours that it has events of, asking for no more dates than it must', async () => {
      const objects = await backend.emptyBucket()
      const history = createHistory(objects)
      for (const hours of [-100, -10, 0, 1, 15, 100]) {
        const events = [Buffer.from('{"id":"1"}'), Buffer.from('{"id":"2"}')]
        await history.append(cut, hourMs + hours * 3_600_000, events)
        const other = { ...cut, lane: 'shardId-000000000002' }
        await history.append(other, hourMs + hours * 3_600_000, events)
      }
      let requests = 0
      const counted = createHistory(
        faultyObjects(objects, (request) => {
          requests++
          return request()
        }),
      )
      const hours = async (from: number, to: number) => {
        const found = counted.hours(hourMs + from * 3_600_000, hourMs + to * 3_600_000)
        return (await Array.fromAsync(found)).map((startMs) => (startMs - hourMs) / 3_600_000)
      }
      expect(await hours(0, 2)).toEqual([0, 1])
      expect(requests).toBe(2)
      expect(await hours(0.5, 1)).toEqual([0])
      expect(await hours(0.5, 1.01)).toEqual([0, 1])
      expect(await hours(2, 15)).toEqual([])
      expect(await hours(-10, 16)).toEqual([-10, 0, 1, 15])
      expect(await hours(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)).toEqual([
        -100, -10, 0, 1, 15, 100,
      ])
    })

    it('knows which hours are large', async () => {
      const objects = await backend.emptyBucket()
      const history = createHistory(objects)
      const half = Buffer.alloc(largeHourBytes / 2)
      await objects.put('history/2026-11-22/10/a', half)
      await objects.put('history/2026-11-22/10/b', half)
      await objects.put('history/2026-11-22/11/a', Buffer.from('x'))
      expect(await history.isLarge(hourMs)).toBe(false)
      expect(await history.isLarge(hourMs + 2 * 3_600_000)).toBe(false)
      await objects.put('history/2026-11-22/10/c', Buffer.from('x'))
      expect(await history.isLarge(hourMs)).toBe(true)
      expect(await history.isLarge(hourMs + 3_600_000)).toBe(false)
    })

    it('throws where a folder of it is no hour', async () => {
      const objects = await backend.emptyBucket()
      await objects.put('history/2026-11-22/24/x', Buffer.from(''))
      const hours = createHistory(objects).hours(hourMs, hourMs + 1)
      await expect(Array.fromAsync(hours)).rejects.toThrow(
        'history/2026-11-22/24/ is no date or hour',
      )
    })

    it('passes over the markers by which consoles make folders', async () => {
      const objects = await backend.emptyBucket()
      const history = createHistory(objects)
      await history.append(cut, hourMs, [Buffer.from('{"id":"1"}')])
      const folders = ['', '2026-11-22/', '2026-11-22/10/', '2026-11-22/10/new folder/']
      for (const folder of folders) await objects.put(`history/${folder}`, Buffer.from(''))
      expect(await textsOf(history.read(hourMs))).toEqual(['{"id":"1"}'])
      expect(await Array.fromAsync(history.hours(hourMs, hourMs + 1))).toEqual([hourMs])
    })

    it.each([
      ['purchases.ndjson', '{"id":"2"}'],
      ['.DS_Store', ''],
      ['imported/', '{"id":"2"}'],
    ])('throws where somebody else has put an object, and names it: %s', async (name, text) => {
      const objects = await backend.emptyBucket()
      const history = createHistory(objects)
      await history.append(cut, hourMs, [Buffer.from('{"id":"1"}')])
      const objectKey = `history/2026-11-22/10/${name}`
      await objects.put(objectKey, Buffer.from(text))
      const read = textsOf(history.read(hourMs))
      await expect(read).rejects.toThrow(UnexpectedContent)
      await expect(read).rejects.toThrow(`${objectKey} is not named by a batch's cut; move it out`)
    })
  })
}
