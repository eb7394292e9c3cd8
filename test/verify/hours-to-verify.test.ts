import { describe, expect, it } from 'vitest'
import { hourName } from '../../lib/core/index.ts'
import { hoursToVerify, lastHours } from '../../lib/verify/hours-to-verify.ts'
import type { VerifyContext } from '../../lib/verify/verify-context.ts'
import { at, deliver, sale } from '../functions/batch-rollup/steps.ts'
import { type MemoryWorld, memoryWorld } from '../functions/world.ts'
import { verifyContext } from './verified.ts'

const nowMs = at('17T12:00:00')
const hour = 3_600_000
const day = 24 * hour
const everything = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY }

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
    expect(await hoursToVerify(context, everything)).toEqual({
      hours: [at('16T10:00:00'), at('16T12:00:00'), at('16T20:00:00')],
      pastRetention: 0,
    })
  })

  it('are all that a short stretch touches, since to ask for each is cheap', async () => {
    const context = verifyContext(await threeHours(), nowMs)
    let scans = 0
    const minutes = {
      ...context.stores.minutes,
      hours: () => {
        scans++
        return context.stores.minutes.hours()
      },
    }
    const watched = { ...context, stores: { ...context.stores, minutes } }
    const stretch = { fromMs: at('16T10:59:59'), toMs: at('16T13:00:01') }
    const { hours } = await hoursToVerify(watched, stretch)
    expect(names(hours)).toEqual(['16T10', '16T11', '16T12', '16T13'])
    const within = { fromMs: at('16T10:15:00'), toMs: at('16T10:16:00') }
    expect(names((await hoursToVerify(watched, within)).hours)).toEqual(['16T10'])
    // So are all that a deployment keeps for 35 days.
    expect((await hoursToVerify(watched, everything)).hours.length).toBeGreaterThan(35 * 24)
    expect(scans).toBe(0)
    expect((await hoursToVerify(keepingRows(watched), everything)).hours).toHaveLength(3)
    expect(scans).toBe(1)
  })

  it('of a long stretch are within it', async () => {
    const context = keepingRows(verifyContext(await threeHours(), nowMs))
    const from = async (fromMs: number, toMs: number) =>
      names((await hoursToVerify(context, { fromMs, toMs })).hours)
    expect(await from(at('16T12:59:59'), Number.POSITIVE_INFINITY)).not.toContain('16T10')
    expect(await from(at('16T12:59:59'), Number.POSITIVE_INFINITY)).toContain('16T12')
    expect(await from(Number.NEGATIVE_INFINITY, at('16T12:00:00'))).toEqual(['16T10'])
    expect(await from(Number.NEGATIVE_INFINITY, at('16T12:00:00') + 1)).toEqual(['16T10', '16T12'])
  })

  it('end where no event can be dated yet, and are none of another time', async () => {
    const context = verifyContext(await threeHours(), nowMs)
    const later = { fromMs: at('17T11:00:00'), toMs: nowMs + 1_000 * day }
    expect(names((await hoursToVerify(context, later)).hours)).toEqual(['17T11', '17T12', '17T13'])
    const never = { fromMs: nowMs + day, toMs: nowMs + 2 * day }
    expect(await hoursToVerify(context, never)).toEqual({ hours: [], pastRetention: 0 })
  })

  it('are not those whose minute rows are all past their retention', async () => {
    const world = await threeHours()
    const expired = at('16T11:00:00') + 35 * day
    const stretch = { fromMs: at('16T00:00:00'), toMs: at('17T00:00:00') }
    const before = await hoursToVerify(verifyContext(world, expired - 1), stretch)
    expect(before).toMatchObject({ pastRetention: 0 })
    expect(names(before.hours)[0]).toBe('16T10')
    const after = await hoursToVerify(verifyContext(world, expired), stretch)
    expect(after).toMatchObject({ pastRetention: 1 })
    expect(names(after.hours)[0]).toBe('16T11')
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
