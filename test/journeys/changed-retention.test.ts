import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { minuteName, presentState } from '../../lib/core/index.ts'
import { createMinuteRetention } from '../../lib/ledger/minute-retention.ts'
import { rollUp } from '../../lib/rollup/roll-up.ts'
import { ExactlyOnceMinutes } from '../../lib/rows/exactly-once-minutes.ts'
import { createMinuteRows } from '../../lib/rows/minute-rows.ts'
import { applyBatch } from '../../lib/stream/apply-batch.ts'
import { byProduct, salesPipeline } from '../support/sales.ts'
import { batchOf, lineOf } from '../support/sales-batches.ts'
import { contextAt, type MemoryWorld, memoryWorld, storesOn } from '../support/world.ts'

const day = 86_400_000
const hour = 3_600_000
const startMs = Date.parse('2026-10-01T10:00:00Z')
const everyMinute = /^/

/** A deployment whose retention is changed as time goes by. */
class Deployment {
  readonly world: MemoryWorld = memoryWorld()
  readonly delivered = new Map<string, number>()
  nowMs = startMs
  days: number
  #sequence = 0

  constructor(days: number) {
    this.days = days
  }

  /** Stores as a function has them after a cold start. */
  async stores() {
    const { world, days } = this
    const nowMs = () => this.nowMs
    const retention = createMinuteRetention(world.ledger, days * day)
    await retention.agree(salesPipeline.maxAheadMs, this.nowMs)
    const { expiryMs } = retention
    const options = { table: world.minutes, bucketCount: 4, nowMs, expiryMs }
    return {
      ...storesOn(world, nowMs),
      minutes: createMinuteRows(options),
      exactlyOnceMinutes: new ExactlyOnceMinutes({
        ...options,
        concurrency: 4,
        maxRememberedRows: 10,
      }),
    }
  }

  async deliver(shard: number, timeMs: number): Promise<void> {
    const sequence = ++this.#sequence
    const at = new Date(timeMs).toISOString()
    const line = lineOf({ id: `e${sequence}`, at, product: 'a' })
    const batch = batchOf(shard, [[sequence, line]], this.nowMs)
    await applyBatch(salesPipeline, await this.stores(), batch, this.nowMs)
    const minute = minuteName(timeMs)
    this.delivered.set(minute, (this.delivered.get(minute) ?? 0) + 1)
  }

  async rollUp(): Promise<void> {
    await rollUp(contextAt(this.world, this.nowMs, { stores: await this.stores() }))
  }

  /** Deletes rows that have expired, as DynamoDB does at some time: those of the matching lanes. */
  async deleteExpired(which: RegExp): Promise<void> {
    for await (const { pk, sk, expiresAt } of this.world.minutes.scan()) {
      if (Number(expiresAt?.N) * 1000 > this.nowMs || !which.test(sk?.S ?? '')) continue
      await this.world.minutes.writeAll([{ delete: { pk: pk?.S ?? '', sk: sk?.S ?? '' } }])
    }
  }

  /** `<minute>: <events>` of each row that readers see. */
  async rows(): Promise<string[]> {
    const { minutes } = await this.stores()
    const rows = await Array.fromAsync(minutes.scan(byProduct))
    return rows.map(({ minuteMs, state }) => {
      return `${minuteName(minuteMs)}: ${new Map(presentState(byProduct, state)).get('events')}`
    })
  }

  /** The same of what was delivered, for the minutes that readers see. */
  async expectWhole(): Promise<void> {
    for (const row of await this.rows()) {
      const minute = row.slice(0, 16)
      expect(row).toBe(`${minute}: ${this.delivered.get(minute)}`)
    }
  }
}

describe('a retention that is changed', () => {
  it('makes no part of a minute where it is raised, and an event comes late', async () => {
    const deployment = new Deployment(35)
    for (const _ of [1, 2, 3]) await deployment.deliver(0, startMs)
    deployment.nowMs += 2 * hour
    await deployment.rollUp()
    expect(await deployment.rows()).toEqual(['2026-10-01T10:00: 3'])
    deployment.nowMs = startMs + 40 * day
    await deployment.deleteExpired(everyMinute)
    deployment.days = 60
    await deployment.deliver(0, startMs)
    expect(await deployment.rows()).toEqual([])
    deployment.nowMs += 2 * hour
    await deployment.rollUp()
    expect(await deployment.rows()).toEqual([])
  })

  it('lets the minutes of then go as they were to, and keeps later ones for as long as it says', async () => {
    const deployment = new Deployment(35)
    for (const shard of [0, 1]) await deployment.deliver(shard, startMs)
    deployment.days = 60
    await deployment.deliver(0, startMs)
    deployment.nowMs += 3 * day
    const laterMs = deployment.nowMs
    for (const shard of [0, 1]) await deployment.deliver(shard, laterMs)
    deployment.nowMs = startMs + 35 * day
    expect(await deployment.rows()).toHaveLength(2)
    deployment.nowMs += 60_000
    expect(await deployment.rows()).toEqual(['2026-10-04T10:00: 2'])
    deployment.nowMs = laterMs + 60 * day
    await deployment.deleteExpired(everyMinute)
    expect(await deployment.rows()).toEqual(['2026-10-04T10:00: 2'])
  })

  it('leaves no lane of a minute alone where it is lowered', async () => {
    const deployment = new Deployment(60)
    for (const shard of [0, 1]) await deployment.deliver(shard, startMs)
    deployment.days = 35
    await deployment.deliver(1, startMs)
    expect(await deployment.rows()).toEqual(['2026-10-01T10:00: 3'])
    // The lane of the second shard says that it expires now, and that of the first later.
    deployment.nowMs = startMs + 36 * day
    expect(await deployment.rows()).toEqual([])
    await deployment.deleteExpired(everyMinute)
    expect(await Array.fromAsync(deployment.world.minutes.scan('a#'))).toHaveLength(1)
    deployment.days = 60
    await deployment.deliver(0, startMs)
    expect(await deployment.rows()).toEqual([])
  })

  it('never has readers take a part of a minute for the whole', async () => {
    const days = fc.constantFrom(1, 3, 6, 12)
    const step = fc.record({
      waitMs: fc.constantFrom(0, 0.5, 1, 2, 4).map((waited) => waited * day),
      days: fc.option(days),
      shard: fc.integer({ min: 0, max: 1 }),
      // Few minutes, so that they are met again.
      minuteMs: fc.constantFrom(0, 1, 3, 6).map((after) => startMs + after * day),
      deleted: fc.constantFrom(/never/, /0$/, /1$/, everyMinute),
      isRolledUp: fc.boolean(),
    })
    const steps = fc.array(step, { minLength: 3, maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(days, steps, async (firstDays, taken) => {
        const deployment = new Deployment(firstDays)
        for (const { waitMs, days: next, shard, minuteMs, deleted, isRolledUp } of taken) {
          deployment.nowMs += waitMs
          deployment.days = next ?? deployment.days
          if (minuteMs <= deployment.nowMs) await deployment.deliver(shard, minuteMs)
          if (isRolledUp) await deployment.rollUp()
          await deployment.deleteExpired(deleted)
          await deployment.expectWhole()
        }
      }),
      { numRuns: 60 },
    )
  })
})
