import { describe, expect, it } from 'vitest'
import { createLease } from '../../../lib/rollup/lease.ts'
import type { TableBackend } from '../backend.ts'

const nowMs = Date.parse('2026-11-22T10:05:00Z')

export function leaseConformance(backend: TableBackend): void {
  describe('the lease', () => {
    it('is held by one at a time, and taken again by the same', async () => {
      const lease = createLease(await backend.emptyTable())
      expect(await lease.take('a', nowMs, nowMs + 100)).toBe(true)
      expect(await lease.take('b', nowMs, nowMs + 100)).toBe(false)
      expect(await lease.take('a', nowMs + 1, nowMs + 200)).toBe(true)
      expect(await lease.take('b', nowMs + 150, nowMs + 300)).toBe(false)
    })

    it('may be taken once its time is over, and not at its very end', async () => {
      const lease = createLease(await backend.emptyTable())
      await lease.take('a', nowMs, nowMs + 100)
      expect(await lease.take('b', nowMs + 100, nowMs + 200)).toBe(false)
      expect(await lease.take('b', nowMs + 101, nowMs + 200)).toBe(true)
      expect(await lease.take('a', nowMs + 101, nowMs + 200)).toBe(false)
    })

    it('is released by who holds it only', async () => {
      const lease = createLease(await backend.emptyTable())
      await lease.take('a', nowMs, nowMs + 100)
      await lease.release('b')
      expect(await lease.take('b', nowMs, nowMs + 100)).toBe(false)
      await lease.release('a')
      expect(await lease.take('b', nowMs, nowMs + 100)).toBe(true)
      await lease.release('nobody')
    })

    it('is taken over from whoever holds it', async () => {
      const lease = createLease(await backend.emptyTable())
      await lease.take('a', nowMs, nowMs + 100)
      await lease.takeOver('b', nowMs + 100)
      expect(await lease.take('a', nowMs, nowMs + 100)).toBe(false)
      await lease.release('a')
      expect(await lease.take('b', nowMs, nowMs + 100)).toBe(true)
    })

    it('goes to one of many', async () => {
      const lease = createLease(await backend.emptyTable())
      const owners = Array.from({ length: 20 }, (_, at) => `owner-${at}`)
      const taken = await Promise.all(owners.map((owner) => lease.take(owner, nowMs, nowMs + 100)))
      expect(taken.filter((won) => won)).toHaveLength(1)
    })
  })
}
