import { describe, expect, it } from 'vitest'
import { hourName } from '../../lib/core/index.ts'
import { hoursToVerify, lastHours } from '../../lib/verify/hours-to-verify.ts'
import type { VerifyContext } from '../../lib/verify/verify-context.ts'
import { at, deliver, sale } from '../support/steps.ts'
import { type MemoryWorld, memoryWorld } from '../support/world.ts'
import { verifyContext } from './verified.ts'

const nowMs = at('17T12:00:00')
const hour = 3_600_000
const day = 24 * hour
const everything = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY }

const asking = { maxAskedHours: 100 }

const names = (hours: readonly number[]) => hours.map((hourMs) => hourName(hourMs).slice(8))

/** Of both sides, of minute rows only, and of history only. */
async function threeHours(): Promise<MemoryWorld> {
  const world = memoryWorld()
  const lines = ['16T10', '16T12', '16T20'].map((name) => sale(name, `${name}:30:00`, 'a'))
  await deliver(world, 1, 1, lines, at('16T20:31:00'))
  for await (const { key } of world.objects.list('history/2026-11-16/12/')) {
    await world.objects.delete([key])
  }
  for await (const { pk, sk } of world.minutes.scan()) {
    if (!pk?.S?.includes('T20')) continue
    await world.minutes.writeAll([{ delete: { pk: pk.S, sk: sk?.S ?? '' } }])
  }
  return world
}

/** The same, of a deployment that keeps minute rows for so long that their table is scanned. */
function keepingRows(context: VerifyContext): VerifyContext {
  const minutes = { ...context.stores.minutes, isExpired: () => false }
  return { ...context, stores: { ...context.stores, minutes } }
}

describe('the hours to verify', () => {
  it('are those of history and those of minute rows, however they are found', async () => {
    const context = keepingRows(verifyContext(await threeHours(), nowMs))
    expect(await hoursToVerify(context, everything, asking)).toEqual({
      hours: [at('16T10:00:00'), at('16T12:00:00'), at('16T20:00:00')],
      pastRetention: 0,
    })
  })

  it('are asked for one by one in a short stretch, and found in the table for a long one', async () => {
    const context = verifyContext(await threeHours(), nowMs)
    const requests = { asked: new Set<string>(), scans: 0 }
    const { minutes } = context.stores
    const watched: VerifyContext = {
      ...context,
      stores: {
        ...context.stores,
        minutes: {
          ...minutes,
          readHourLanes(aggregation, hourMs) {
            requests.asked.add(hourName(hourMs).slice(8))
            return minutes.readHourLanes(aggregation, hourMs)
          },
          hours() {
            requests.scans++
            return minutes.hours()
          },
        },
      },
    }
    const stretch = { fromMs: at('16T09:59:59'), toMs: at('16T13:00:01') }
    const told: number[][] = []
    const onAsked = (...counts: number[]) => told.push(counts)
    const short = await hoursToVerify(watched, stretch, { maxAskedHours: 4, onAsked })
    expect(names(short.hours)).toEqual(['16T10', '16T12'])
    // What history has is known without.
    expect([...requests.asked]).toEqual(['16T13', '16T12', '16T11', '16T09'])
    expect(requests.scans).toBe(0)
    expect(told).toEqual([[4, 4]])

    const long = await hoursToVerify(watched, stretch, { maxAskedHours: 3 })
    expect(long).toEqual(short)
    expect(requests.scans).toBe(1)
    expect(requests.asked.size).toBe(4)
  })

  it('of a long stretch are within it', async () => {
    const context = keepingRows(verifyContext(await threeHours(), nowMs))
    const from = async (fromMs: number, toMs: number) =>
      names((await hoursToVerify(context, { fromMs, toMs }, asking)).hours)
    expect(await from(at('16T12:59:59'), Number.POSITIVE_INFINITY)).not.toContain('16T10')
    expect(await from(at('16T12:59:59'), Number.POSITIVE_INFINITY)).toContain('16T12')
    expect(await from(Number.NEGATIVE_INFINITY, at('16T12:00:00'))).toEqual(['16T10'])
    expect(await from(Number.NEGATIVE_INFINITY, at('16T12:00:00') + 1)).toEqual(['16T10', '16T12'])
  })

  it('within one hour are that hour', async () => {
    const context = verifyContext(await threeHours(), nowMs)
    const within = { fromMs: at('16T12:15:00'), toMs: at('16T12:16:00') }
    expect(names((await hoursToVerify(context, within, asking)).hours)).toEqual(['16T12'])
  })

  it('end where no event can be dated yet, and are none of another time', async () => {
    const context = verifyContext(await threeHours(), nowMs)
    const last: number[] = []
    const later = { fromMs: at('17T11:00:00'), toMs: Number.POSITIVE_INFINITY }
    await hoursToVerify(context, later, { maxAskedHours: 99, onAsked: (_, all) => last.push(all) })
    expect(last).toEqual([3])
    const never = { fromMs: nowMs + day, toMs: nowMs + 2 * day }
    expect(await hoursToVerify(context, never, asking)).toEqual({ hours: [], pastRetention: 0 })
  })

  it('are not those whose minute rows are all past their retention', async () => {
    const world = await threeHours()
    const expired = at('16T11:00:00') + 35 * day
    const stretch = { fromMs: at('16T00:00:00'), toMs: at('17T00:00:00') }
    const before = await hoursToVerify(verifyContext(world, expired - 1), stretch, asking)
    expect(before).toMatchObject({ pastRetention: 0 })
    expect(names(before.hours)).toEqual(['16T10', '16T12', '16T20'])
    const after = await hoursToVerify(verifyContext(world, expired), stretch, asking)
    expect(after).toMatchObject({ pastRetention: 1 })
    expect(names(after.hours)).toEqual(['16T12', '16T20'])
  })
})

describe('the last hours', () => {
  it('are over, the newest first', () => {
    const hoursAt = (time: string) => names(lastHours(verifyContext(memoryWorld(), at(time)), 3))
    expect(hoursAt('17T02:05:00')).toEqual(['17T01', '17T00', '16T23'])
    expect(hoursAt('17T02:04:59')).toEqual(['17T00', '16T23', '16T22'])
  })

  it('are no more than minute rows are kept for', () => {
    // The hour that has just ended is in its grace.
    expect(lastHours(verifyContext(memoryWorld(), nowMs), 10_000)).toHaveLength(35 * 24 - 1)
  })
})
