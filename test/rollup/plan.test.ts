import { describe, expect, it } from 'vitest'
import { at, deliver, run, sale } from '../support/steps.ts'
import { memoryWorld } from '../support/world.ts'
import { changedTexts, rollupTexts } from '../support/world-rows.ts'

describe('weeks and months', () => {
  const openPeriodEveryMs = 3_600_000

  it('that are open are merged every so often, their days every time', async () => {
    const world = memoryWorld()
    const lines = ['1', '2', '3'].map((id) => sale(id, `16T10:0${id}:00`, 'a'))
    const grains = async () => {
      const found = (await rollupTexts(world)).filter((text) => text.startsWith('by-product'))
      return found.map((text) => text.replace(/by-product (\w+) .* events=(\d).*/, '$1 $2'))
    }
    const [one = '', two = '', three = ''] = lines
    await deliver(world, 1, 1, [one], at('16T10:10:00'))
    await run(world, at('16T10:15:00'), { openPeriodEveryMs })
    expect(await grains()).toEqual(['day 1', 'month 1', 'week 1'])
    await deliver(world, 1, 2, [two], at('16T10:20:00'))
    expect(await run(world, at('16T10:30:00'), { openPeriodEveryMs })).toMatchObject({
      backlogUnits: 0,
    })
    expect(await grains()).toEqual(['day 2', 'month 1', 'week 1'])
    expect(await changedTexts(world)).toContain('week by-product 2026-W47 0')
    await run(world, at('16T11:14:59.999'), { openPeriodEveryMs })
    expect(await grains()).toEqual(['day 2', 'month 1', 'week 1'])
    await run(world, at('16T11:15:00'), { openPeriodEveryMs })
    expect(await grains()).toEqual(['day 2', 'month 2', 'week 2'])
    // The week is over, the month is not: a late event makes the week anew at once.
    await deliver(world, 1, 3, [three], at('23T00:04:00'))
    await run(world, at('23T00:04:30'), { openPeriodEveryMs })
    await deliver(world, 1, 4, [sale('4', '16T10:30:00', 'a')], at('23T00:04:40'))
    await run(world, at('23T00:05:00'), { openPeriodEveryMs })
    expect(await grains()).toEqual(['day 4', 'month 3', 'week 4'])
  })
})
