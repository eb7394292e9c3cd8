import { describe, expect, it } from 'vitest'
import { qualifiedName } from '../../../lib/ledger/unit.ts'
import { createBacklog } from '../../../lib/rollup/backlog.ts'
import { faultyTable } from '../../support/faulty-stores.ts'
import type { TableBackend } from '../backend.ts'

const hourMs = Date.parse('2026-11-22T10:00:00Z')
const hour = qualifiedName({ kind: 'hour', hourMs })
const day = qualifiedName({ kind: 'day', aggregation: 'sales', period: '2026-11-22', range: 3 })

export function backlogUnitsConformance(backend: TableBackend): void {
  describe('units that runs had to leave', () => {
    it('are read as they were last, with since when they wait', async () => {
      const left = createBacklog(await backend.emptyTable())
      const none = new Map<string, number>()
      expect(await left.read()).toEqual(none)
      const both = new Map([
        [day, hourMs + 1],
        [hour, hourMs],
      ])
      await left.replace(none, both)
      expect(await left.read()).toEqual(both)
      const one = new Map([[day, hourMs - 1]])
      await left.replace(both, one)
      expect(await left.read()).toEqual(one)
      await left.replace(one, none)
      expect(await left.read()).toEqual(none)
    })

    it('are written only where something is new', async () => {
      let writes = 0
      const counting = faultyTable(await backend.emptyTable(), async (request) => {
        const answer = await request()
        if (answer === 1) writes++
        return answer
      })
      const left = createBacklog(counting)
      const before = new Map([
        [day, hourMs],
        [hour, hourMs],
      ])
      await left.replace(new Map(), before)
      expect(writes).toBe(2)
      await left.replace(before, new Map(before))
      expect(writes).toBe(2)
      await left.replace(before, new Map([[hour, hourMs]]))
      expect(writes).toBe(3)
    })
  })
}
