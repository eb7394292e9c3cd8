import { describe, expect, it } from 'vitest'
import type { PartRow } from '../../../lib/core/index.ts'
import { createParts } from '../../../lib/rollup/parts.ts'
import { gzipLines } from '../../../lib/store/gzip-lines.ts'
import type { BucketBackend } from '../backend.ts'

export function partsConformance(backend: BucketBackend): void {
  describe('parts', () => {
    const key = 'parts/day/sales/2026-11-22/0/token.ndjson.gz'
    const rows: PartRow[] = [
      { key: '', state: ['1', '0', undefined] },
      { key: 'a|b', state: ['2', '-0.5', '9'.repeat(50)] },
      { key: '\ufeff"\\\u2028🧺', state: ['3', undefined, undefined] },
    ]

    it('are read as they were written, with as many rows as there are', async () => {
      const parts = createParts(await backend.emptyBucket())
      const written = await parts.write(key, rows)
      expect(written.rows).toBe(3)
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

    it.each(['{}', '"a"', '[]', '[1,"2"]', '["a",1]', '["a",["1"]]', 'x'])(
      'throw where a line is no row: %s',
      async (line) => {
        const objects = await backend.emptyBucket()
        await objects.put(key, await gzipLines([Buffer.from(line)]))
        await expect(Array.fromAsync(createParts(objects).read(key))).rejects.toThrow()
      },
    )
  })
}
