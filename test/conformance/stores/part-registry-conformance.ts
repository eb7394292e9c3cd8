import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  createPartRegistry,
  type PartRegistry,
  Superseded,
} from '../../../lib/rollup/part-registry.ts'
import { tableWith } from '../../support/faulty-stores.ts'
import type { TableBackend } from '../backend.ts'

const nowMs = Date.parse('2026-11-22T10:05:00Z')

export function partRegistryConformance(backend: TableBackend): void {
  describe('the registry of parts', () => {
    const attempt = (token: string) => ({ token, ending: '.ndjson.zst', deadlineMs: nowMs })
    const beginDay = async (registry: PartRegistry, token: string) =>
      registry.begin('day', 'unit', await registry.read('day', 'unit'), attempt(token))
    const part = (token: string) => ({
      name: '',
      objectKey: `parts/${token}`,
      rows: 2,
      digest: 'abc',
    })

    it('knows nothing of a unit at first', async () => {
      const registry = createPartRegistry(await backend.emptyTable())
      const nothing = { current: [], attempts: [], replaced: [], revision: 0, committedMs: 0 }
      expect(await registry.read('day', 'sales#2026-11-22#0')).toEqual(nothing)
    })

    it('marks an attempt, and makes its parts current', async () => {
      const registry = createPartRegistry(await backend.emptyTable())
      const begun = await beginDay(registry, 'a')
      expect(begun).toMatchObject({ current: [], attempts: [attempt('a')] })
      expect(await registry.read('day', 'unit')).toEqual(begun)
      const next = {
        current: [part('a')],
        attempts: [],
        replaced: ['parts/b', 'parts/c'],
        committedMs: nowMs,
      }
      await registry.commit('day', 'unit', begun, next)
      expect(await registry.read('day', 'unit')).toEqual({ ...next, revision: 2 })
      expect(await registry.read('week', 'unit')).toMatchObject({ current: [] })
    })

    it('holds an hour of two days in 100 key ranges, the most there are, with the objects of six attempts to be removed', async () => {
      const registry = createPartRegistry(await backend.emptyTable())
      const unit = `${'a'.repeat(64)}#2026-11-22T10`
      const names = ['2026-11-22', '2026-11-23'].flatMap((day) =>
        Array.from({ length: 100 }, (_, range) => `${day}#${range}`),
      )
      const objectKeys = names.map(
        (name) => `parts/hour/${unit}/${name}/${randomUUID()}.ndjson.zst`,
      )
      const next = {
        current: names.map((name, at) => ({
          name,
          objectKey: objectKeys[at] ?? '',
          rows: 10_000_000,
          digest: 'f'.repeat(64),
        })),
        attempts: Array.from({ length: 4 }, () => attempt(randomUUID())),
        replaced: Array.from({ length: 6 }, () => objectKeys).flat(),
        committedMs: nowMs,
      }
      const before = await registry.read('hour', unit)
      const begun = await registry.begin('hour', unit, before, attempt('a'))
      await registry.commit('hour', unit, begun, next)
      expect(await registry.read('hour', unit)).toEqual({ ...next, revision: 2 })
    })

    it('keeps the mark of an attempt that was cut short for the next', async () => {
      const registry = createPartRegistry(await backend.emptyTable())
      await beginDay(registry, 'a')
      const begun = await beginDay(registry, 'b')
      expect(begun.attempts).toEqual([attempt('a'), attempt('b')])
      const next = {
        current: [part('b')],
        attempts: [attempt('a')],
        replaced: [],
        committedMs: nowMs,
      }
      await registry.commit('day', 'unit', begun, next)
      expect(await registry.read('day', 'unit')).toMatchObject(next)
    })

    it('throws Superseded at whoever was overtaken', async () => {
      const registry = createPartRegistry(await backend.emptyTable())
      const first = await beginDay(registry, 'a')
      const second = await beginDay(registry, 'b')
      const next = (token: string) => ({
        current: [part(token)],
        attempts: [],
        replaced: [],
        committedMs: nowMs,
      })
      await expect(registry.commit('day', 'unit', first, next('a'))).rejects.toThrow(
        new Superseded('Another run works on day unit'),
      )
      await registry.commit('day', 'unit', second, next('b'))
      await expect(registry.commit('day', 'unit', first, next('a'))).rejects.toThrow(Superseded)
      await expect(registry.commit('day', 'unit', second, next('c'))).rejects.toThrow(Superseded)
      expect(await registry.read('day', 'unit')).toMatchObject({ current: [part('b')] })
    })

    it('lets one of many begin who read the same', async () => {
      const registry = createPartRegistry(await backend.emptyTable())
      const before = await registry.read('day', 'unit')
      const tokens = ['a', 'b', 'c']
      const outcomes = await Promise.allSettled(
        tokens.map((token) => registry.begin('day', 'unit', before, attempt(token))),
      )
      const winners = tokens.filter((_, at) => outcomes[at]?.status === 'fulfilled')
      expect(winners).toHaveLength(1)
      const [winner = ''] = winners
      expect(await registry.read('day', 'unit')).toMatchObject({ attempts: [attempt(winner)] })
    })

    it('takes its own put for done that was sent again since the answer was lost', async () => {
      const table = await backend.emptyTable()
      // As the SDK does: the first put is done, and the second meets what it wrote.
      const sentTwice = tableWith(table, {
        put: async (item, condition) => {
          await table.put(item, condition)
          return table.put(item, condition)
        },
      })
      const registry = createPartRegistry(sentTwice)
      const begun = await beginDay(registry, 'a')
      const next = { current: [part('a')], attempts: [], replaced: [], committedMs: nowMs }
      await registry.commit('day', 'unit', begun, next)
      expect(await registry.read('day', 'unit')).toEqual({ ...next, revision: 2 })
      await expect(registry.commit('day', 'unit', begun, { ...next, current: [] })).rejects.toThrow(
        Superseded,
      )
    })
  })
}
