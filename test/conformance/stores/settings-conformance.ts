import { describe, expect, it } from 'vitest'
import { count, decimal, definePipeline, string, timestamp } from '../../../lib/core/index.ts'
import {
  createSettingsStore,
  minuteRowSettings,
  SettingsMismatch,
} from '../../../lib/ledger/settings.ts'
import type { TableBackend } from '../backend.ts'

export function settingsConformance(backend: TableBackend): void {
  describe('the settings', () => {
    const settings = { definition: '[1]', timeZone: 'UTC', bucketCount: 16, keyRanges: 1 }

    it('are those of who came first', async () => {
      const store = createSettingsStore(await backend.emptyTable())
      expect(await store.read()).toBeUndefined()
      await store.agree(settings)
      await store.agree(settings)
      expect(await store.read()).toEqual(settings)
    })

    it.each([
      [{ timeZone: 'Europe/London' }, 'timeZone UTC, not Europe/London'],
      [{ definition: '[2]' }, 'definition [1], not [2]'],
      [{ bucketCount: 8, keyRanges: 2 }, 'bucketCount 16, not 8; keyRanges 1, not 2'],
    ])('throw where they are others: %j', async (changed, differences) => {
      const store = createSettingsStore(await backend.emptyTable())
      await store.agree(settings)
      await expect(store.agree({ ...settings, ...changed })).rejects.toThrow(
        new SettingsMismatch(`The stored rows were made with ${differences}`),
      )
      expect(await store.read()).toEqual(settings)
    })

    it('are taken for the same where a former version wrote them', async () => {
      const store = createSettingsStore(await backend.emptyTable())
      const former = '[1,"id","at",["sales",null,["price: decimal 2"],["events = count()"]]]'
      await store.agree({ ...settings, definition: former })
      const define = (scale: number) =>
        definePipeline({
          timeZone: 'UTC',
          event: { id: string({ minBytes: 1 }), at: timestamp(), price: decimal({ scale }) },
          id: 'id',
          time: 'at',
          aggregations: { sales: { key: ['price'], measures: { events: count() } } },
        }).fingerprint
      await store.agree({ ...settings, definition: define(2) })
      expect((await store.read())?.definition).toBe(former)
      const other = define(3)
      await expect(store.agree({ ...settings, definition: other })).rejects.toThrow(
        new SettingsMismatch(`The stored rows were made with definition ${former}, not ${other}`),
      )
    })

    it('bind the stream to what its rows depend on, and to no more', async () => {
      const store = createSettingsStore(await backend.emptyTable())
      await store.agree(settings)
      const others = { ...settings, timeZone: 'Asia/Kathmandu', keyRanges: 4 }
      await store.agree(others, minuteRowSettings)
      const spread = { ...others, bucketCount: 8 }
      await expect(store.agree(spread, minuteRowSettings)).rejects.toThrow(
        new SettingsMismatch('The stored rows were made with bucketCount 16, not 8'),
      )
      expect(await store.read()).toEqual(settings)
    })

    it('agree for all who come at once with the same, and throw for one of two that differ', async () => {
      const table = await backend.emptyTable()
      await Promise.all([1, 2, 3].map(() => createSettingsStore(table).agree(settings)))
      const other = await backend.emptyTable()
      const outcomes = await Promise.allSettled(
        ['UTC', 'Asia/Kathmandu'].map((timeZone) =>
          createSettingsStore(other).agree({ ...settings, timeZone }),
        ),
      )
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    })
  })
}
