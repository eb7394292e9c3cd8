import { describe, expect, it } from 'vitest'
import { redrivenLane } from '../../lib/records/history.ts'
import { byProduct } from '../support/sales.ts'
import { at, deliver, run, sale, utc } from '../support/steps.ts'
import { memoryWorld, storesOn } from '../support/world.ts'
import { changedTexts, expectedRows, minuteTexts, rollupTexts } from '../support/world-rows.ts'

describe('an hour', () => {
  const first = sale('1', '16T10:05:00', 'a')
  const second = sale('2', '16T10:06:00', 'a')

  it('is folded from minute rows while it is open, and from history once it is over', async () => {
    const world = memoryWorld()
    await deliver(world, 1, 1, [first, second], at('16T10:10:00'))
    // A producer's duplicate: the minute rows count it, history drops it.
    await deliver(world, 1, 3, [second], at('16T10:11:00'))
    const twice = sale('2-again', '16T10:06:00', 'a')
    expect(await run(world, at('16T10:15:00'))).toMatchObject({ duplicatesDropped: 0 })
    expect(await rollupTexts(world)).toEqual(expectedRows([first, second, twice], utc).rollups)
    expect(await changedTexts(world)).toEqual(['hour 2026-11-16T10:00 folded open'])

    // Open still, and unchanged: there is nothing to do until its grace is over.
    for (const time of ['10:30:00', '11:04:59.999']) {
      expect(await run(world, at(`16T${time}`))).toMatchObject({ foldedHours: 0, backlogUnits: 0 })
    }
    expect(await run(world, at('16T11:05:00'))).toMatchObject({
      foldedHours: 1,
      duplicatesDropped: 1,
    })
    const expected = expectedRows([first, second], utc)
    expect(await rollupTexts(world)).toEqual(expected.rollups)
    expect(await minuteTexts(world)).toEqual(expected.minutes)
    expect(await changedTexts(world)).toEqual([])
  })

  it('counts an event id once, of several contents the first, and mends all minutes of the others', async () => {
    const world = memoryWorld()
    const other = sale('1', '16T10:20:00', 'b', { price: '3' })
    const third = sale('1', '16T10:20:30', 'c')
    const beside = sale('5', '16T10:20:40', 'c')
    await deliver(world, 1, 1, [first, other, beside, third, first], at('16T10:30:00'))
    expect(await run(world, at('16T12:00:00'))).toMatchObject({ duplicatesDropped: 3 })
    const expected = expectedRows([first, beside], utc)
    expect(await rollupTexts(world)).toEqual(expected.rollups)
    expect(await minuteTexts(world)).toEqual(expected.minutes)
  })

  it('takes the same id in another hour for another event', async () => {
    const world = memoryWorld()
    const lines = [first, sale('1', '16T11:05:00', 'a')]
    await deliver(world, 1, 1, lines, at('16T11:30:00'))
    expect(await run(world, at('16T13:00:00'))).toMatchObject({ duplicatesDropped: 0 })
    expect(await rollupTexts(world)).toEqual(expectedRows(lines, utc).rollups)
  })

  it('has corrections of every minute that an event was redriven into, whatever its rows hold', async () => {
    const world = memoryWorld()
    const alone = sale('7', '16T10:40:00', 'a')
    const known = sale('8', '16T10:41:00', 'a', { quantity: 4 })
    const beside = sale('9', '16T10:41:30', 'a')
    await deliver(world, 1, 1, [first, second, beside], at('16T10:45:00'))
    // The shard's row of this one is written, and of all that a redrive brings only this one's.
    await deliver(world, 1, 4, [known], at('16T10:45:00'))
    await run(world, at('16T12:00:00'))
    const { history, changed, minutes } = storesOn(world, () => 0)
    const redriven = [alone, known].map((line) => Buffer.from(line))
    const cut = { firstSequenceNumber: '4', lastSequenceNumber: '5' }
    const lane = redrivenLane('shardId-000000000001')
    // Put back twice, the second time with more.
    await history.append({ lane, ...cut }, at('16T10:00:00'), redriven.slice(0, 1))
    await history.append({ lane, ...cut }, at('16T10:00:00'), redriven)
    const hour = { kind: 'hour', hourMs: at('16T10:00:00') } as const
    await changed.mark([hour], at('16T12:00:00'))
    await run(world, at('16T12:15:00'))
    const all = [first, second, alone, known, beside]
    const expected = expectedRows(all, utc)
    expect(await minuteTexts(world)).toEqual(expected.minutes)
    expect(await rollupTexts(world)).toEqual(expected.rollups)
    const keys = await Array.fromAsync(world.minutes.scan())
    const exact = keys.flatMap(({ sk }) => /#(.*)#history$/.exec(sk?.S ?? '')?.[1] ?? [])
    expect([...new Set(exact)].sort()).toEqual(['2026-11-16T10:40', '2026-11-16T10:41'])
    expect(await Array.fromAsync(minutes.readHour(byProduct, hour.hourMs))).toHaveLength(4)

    // Made anew at every later fold.
    const late = sale('10', '16T10:40:59', 'a')
    await deliver(world, 2, 1, [late], at('16T13:00:00'))
    await run(world, at('16T13:15:00'))
    expect(await minuteTexts(world)).toEqual(expectedRows([...all, late], utc).minutes)
  })
})
