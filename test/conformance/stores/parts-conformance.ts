import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { changedRows, joinRuns, Lines, type PartRow } from '../../../lib/core/index.ts'
import { createParts } from '../../../lib/rollup/parts.ts'
import { compressedLines } from '../../../lib/store/line-codec.ts'
import type { BucketBackend } from '../backend.ts'

export function partsConformance(backend: BucketBackend): void {
  describe('parts', () => {
    const key = 'parts/day/sales/2026-11-22/0/token.ndjson.zst'
    const rows: PartRow[] = [
      { key: '', state: ['1', '0', undefined] },
      { key: 'a|b', state: ['2', '-0.5', '9'.repeat(50)] },
      { key: '\ufeff"\\\u2028🧺', state: ['3', undefined, undefined] },
      { key: '\uffff', state: [new Uint8Array([0, 255]), 'unknown', new Uint8Array()] },
      { key: '\uffff\uffff', state: undefined },
    ]

    it('are read as they were written, with as many rows as there are', async () => {
      const parts = createParts(await backend.emptyBucket())
      const written = await parts.write(key, rows)
      expect(written.rows).toBe(5)
      expect(await Array.fromAsync(parts.read(key))).toEqual(rows)
      const run = await parts.readIfThere(key)
      expect(run && (await Array.fromAsync(run))).toEqual(rows)
    })

    it('have one digest if and only if they have the same rows', async () => {
      const parts = createParts(await backend.emptyBucket())
      const variants: PartRow[][] = [
        rows,
        [],
        rows.slice(1),
        [{ key: 'ab', state: ['1'] }],
        [{ key: 'a', state: ['b1'] }],
        [{ key: 'a', state: ['b', '1'] }],
        [{ key: 'a', state: ['b', undefined] }],
        [{ key: 'a', state: ['b'] }],
        [{ key: 'a', state: undefined }],
        [{ key: 'a', state: [undefined] }],
        [{ key: 'a', state: [] }],
        [{ key: 'a', state: ['false'] }],
        [{ key: 'a', state: ['{"bytes":"Yg=="}'] }],
        [{ key: 'a', state: [new TextEncoder().encode('b')] }],
        [{ key: 'a', state: ['b", "1'] }],
      ]
      const digests = await Promise.all(
        variants.map(async (some) => (await parts.write(key, some)).digest),
      )
      const again = await Promise.all(
        variants.map(async (some) => (await parts.write('x', some)).digest),
      )
      expect(again).toEqual(digests)
      expect(new Set(digests).size).toBe(variants.length)
    })

    it('have lines as former versions wrote them, where all states are decimals', async () => {
      const parts = createParts(await backend.emptyBucket())
      const lines = '["","1","-0.5",null]\n["a|b","2",null,"0"]\n'
      const some: PartRow[] = [
        { key: '', state: ['1', '-0.5', undefined] },
        { key: 'a|b', state: ['2', undefined, '0'] },
      ]
      const { digest } = await parts.write(key, some)
      expect(digest).toBe(createHash('sha256').update(lines).digest('hex'))
    })

    it("are read with the rows that former versions joined, which equal none of today's", async () => {
      const objects = await backend.emptyBucket()
      await objects.put(
        key,
        await compressedLines.encode(key, Lines.of([Buffer.from('["a","unknown"]')])),
      )
      const parts = createParts(objects)
      const next = async function* (): AsyncGenerator<PartRow> {
        yield { key: 'a', state: ['1'] }
      }
      expect(await Array.fromAsync(changedRows(next(), [parts.read(key)]))).toEqual([
        { key: 'a', state: ['1'] },
      ])
      const joined = joinRuns([parts.read(key), next()])
      expect(await Array.fromAsync(joined)).toEqual([{ key: 'a', state: undefined }])
    })

    it('hold many rows', async () => {
      const parts = createParts(await backend.emptyBucket())
      const many = Array.from({ length: 20_000 }, (_, at) => ({
        key: String(at).padStart(6, '0'),
        state: [String(at)],
      }))
      expect((await parts.write(key, many)).rows).toBe(20_000)
      const read = await Array.fromAsync(parts.read(key))
      expect(JSON.stringify(read) === JSON.stringify(many)).toBe(true)
    })

    it('throw where they are gone, but for those that may never have been written', async () => {
      const parts = createParts(await backend.emptyBucket())
      await expect(Array.fromAsync(parts.read(key))).rejects.toThrow(`The part ${key} is gone`)
      expect(await parts.readIfThere(key)).toBeUndefined()
      await parts.write(key, rows)
      await parts.remove([key, 'parts/never'])
      expect(await parts.readIfThere(key)).toBeUndefined()
    })

    it.each([
      '{}',
      '"a"',
      '[]',
      '[1,"2"]',
      '["a",1]',
      '["a",["1"]]',
      '["a",{}]',
      '["a",true]',
      'x',
    ])('throw where a line is no row: %s', async (line) => {
      const objects = await backend.emptyBucket()
      await objects.put(key, await compressedLines.encode(key, Lines.of([Buffer.from(line)])))
      await expect(Array.fromAsync(createParts(objects).read(key))).rejects.toThrow()
    })
  })
}
