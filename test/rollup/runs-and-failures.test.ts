import { describe, expect, it } from 'vitest'
import { marginMs } from '../../lib/rollup/deadline.ts'
import { UnitsFailed } from '../../lib/rollup/work-off.ts'
import { lostBefore } from '../support/faulty-stores.ts'
import { at, countingWrites, deliver, monday, run, sale, utc } from '../support/steps.ts'
import { memoryWorld, runMs, storesOn, worldThrough } from '../support/world.ts'
import { changedTexts, expectedRows, objectKeys, rollupTexts } from '../support/world-rows.ts'

describe('a run among others', () => {
  it('does nothing while another holds the lease', async () => {
    const world = memoryWorld()
    await deliver(world, 1, 1, monday, at('17T00:01:00'))
    const nowMs = at('17T00:30:00')
    const { lease } = storesOn(world, () => 0)
    await lease.take('another', nowMs, nowMs + 1)
    const { writes, counted } = countingWrites(world)
    expect(await run(counted, nowMs)).toEqual({ held: false })
    expect(writes).toEqual({ rollups: 0, minutes: 0 })
    expect(await changedTexts(world)).toHaveLength(2)
    // That run is over by its own time, or known not to be alive.
    expect(await run(world, nowMs + 1)).toEqual({ held: false })
    expect(await run(world, nowMs + 2)).toMatchObject({ held: true, foldedHours: 2 })
    await lease.take('another', nowMs + 3, nowMs + 1_000_000)
    expect(await run(world, nowMs + 4, { takeOver: true })).toMatchObject({ held: true })
  })

  it('keeps the lease from others for as long as it may work, and gives it back when it fails', async () => {
    const world = memoryWorld()
    await deliver(world, 1, 1, monday, at('17T00:01:00'))
    const nowMs = at('17T00:30:00')
    let others: unknown[] = []
    const watched = worldThrough(world, (store) => async (request) => {
      if (store === 'rollups' && others.length === 0) {
        others = [
          await run(world, nowMs + 1),
          await run(world, nowMs + runMs + 1),
          await run(world, nowMs + runMs + 30_000),
        ]
        throw lostBefore()
      }
      return request()
    })
    await expect(run(watched, nowMs)).rejects.toThrow(UnitsFailed)
    expect(others).toEqual([{ held: false }, { held: false }, { held: false }])
    expect(await run(world, nowMs + 2)).toMatchObject({ held: true })
  })

  it('stops in time, and the next one goes on where it stopped', async () => {
    const world = memoryWorld()
    const lines = Array.from({ length: 12 }, (_, hour) =>
      sale(String(hour), `16T${String(hour).padStart(2, '0')}:30:00`, 'a'),
    )
    await deliver(world, 1, 1, lines, at('16T12:00:00'))
    const startMs = at('17T00:30:00')
    expect(await run(world, startMs, { deadlineMs: startMs + 29_999 })).toMatchObject({
      foldedHours: 0,
      backlogUnits: 12,
      oldestChangeAgeMs: 12.5 * 3_600_000,
    })
    // Every object that is written takes 2 s, and four units are under way.
    let nowMs = startMs
    const slow = worldThrough(world, (store) => async (request) => {
      const answer = await request()
      if (store === 'objects' && answer === undefined) nowMs += 2_000
      return answer
    })
    const results = []
    for (let attempt = 0; attempt < 40; attempt++) {
      const deadlineMs = nowMs + 50_000
      const result = await run(slow, nowMs, { nowMs: () => nowMs, deadlineMs })
      if (result.held) results.push(result)
      if (result.held && result.backlogUnits === 0) break
    }
    expect(results.length).toBeGreaterThan(2)
    expect(results[0]?.backlogUnits).toBeGreaterThan(0)
    expect(results.reduce((total, { foldedHours }) => total + foldedHours, 0)).toBe(12)
    expect(await rollupTexts(world)).toEqual(expectedRows(lines, utc).rollups)
    expect(await changedTexts(world)).toEqual([])
  })

  it('ends by itself though an hour takes longer to read than there is time', async () => {
    const world = memoryWorld()
    const nowMs = at('18T00:00:00')
    const lines = Array.from({ length: 250 }, (_, id) => sale(`${id}`, '16T10:00:00', 'a'))
    for (const [index, line] of lines.entries()) await deliver(world, 1, 1 + index, [line], nowMs)
    const other = sale('other', '17T10:00:00', 'b')
    await deliver(world, 2, 1, [other], nowMs)
    // Objects are read ahead while the other hour is written.
    let clock = nowMs
    const deadlineMs = nowMs + runMs
    const slow = worldThrough(world, (store) => async (request) => {
      const answer = await request()
      if (store === 'objects' && answer !== undefined) clock += 4_000
      return answer
    })
    const result = await run(slow, nowMs, { nowMs: () => clock, deadlineMs })
    expect(result).toMatchObject({ held: true, foldedHours: 1, backlogUnits: 3 })
    expect(clock).toBeLessThanOrEqual(deadlineMs)
    expect(await changedTexts(world)).toContain('hour 2026-11-16T10:00')
  })

  it('does the other units though one of them fails, and throws when it did what it could', async () => {
    const world = memoryWorld()
    const lines = [sale('1', '16T10:30:00', 'a'), sale('2', '18T10:30:00', 'b')]
    await deliver(world, 1, 1, lines, at('18T12:00:00'))
    const [bad = ''] = await objectKeys(world, 'history/2026-11-16')
    const chunks = await Array.fromAsync((await world.objects.get(bad)) ?? [])
    await world.objects.put(bad, Buffer.from('this is no zstd'))
    const failure = await run(world, at('19T00:00:00')).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(UnitsFailed)
    expect(failure).toMatchObject({
      message: '1 units of the rollup failed, hour 2026-11-16T10 among them',
      cause: { name: 'StorageTrouble', message: expect.stringContaining(bad) },
    })
    expect(await rollupTexts(world)).toEqual(expectedRows(lines.slice(1), utc).rollups)
    expect(await changedTexts(world)).toEqual(['hour 2026-11-16T10:00'])
    const [noted] = await Array.fromAsync(storesOn(world, () => 0).runs.list())
    expect(noted).toMatchObject({ foldedHours: 1, backlogUnits: 1 })

    await world.objects.put(bad, Buffer.concat(chunks))
    await run(world, at('19T00:15:00'))
    expect(await rollupTexts(world)).toEqual(expectedRows(lines, utc).rollups)
  })

  it.each([
    [
      'an aggregation',
      { aggregation: 'gone', period: '2026-11-16' },
      'has no aggregation named gone',
    ],
    ['a day', { aggregation: 'by-product', period: '2026-02-30' }, 'names a day that is none'],
  ])('throws where the ledger names %s that there is not', async (_what, unit, message) => {
    const world = memoryWorld()
    const { changed } = storesOn(world, () => 0)
    await changed.mark([{ kind: 'day', range: 0, ...unit }], 0)
    const failure = await run(world, at('19T00:00:00')).catch((error: unknown) => error)
    expect(failure).toMatchObject({ cause: { message: expect.stringContaining(message) } })
  })

  it.each([
    // Requests of the attempt may be under way for a while after its time is over.
    ['was killed', runMs + marginMs],
    // That one knows that it sends nothing more, and can say so.
    ['failed', marginMs],
  ])('looks again at what an attempt may still write that %s, for %i ms', async (end, aliveMs) => {
    const world = memoryWorld()
    await deliver(world, 1, 1, monday, at('17T00:01:00'))
    const nowMs = at('17T00:30:00')
    let writes = 0
    const cut = worldThrough(world, (store) => (request) => {
      if (store === 'rollups') writes++
      if (writes > 1 && (store === 'rollups' || end === 'was killed')) throw lostBefore()
      return request()
    })
    await expect(run(cut, nowMs)).rejects.toThrow()
    // So that the lease of a run that was killed does not stand for the marks of its attempts.
    await storesOn(world, () => 0).lease.takeOver('nobody', nowMs)

    const more = sale('9', '16T10:00:01', 'a', { quantity: 7 })
    await deliver(world, 1, 9, [more], nowMs + 1)
    const expected = expectedRows([...monday, more], utc).rollups
    await run(world, nowMs + 30_000)
    expect(await rollupTexts(world)).toEqual(expected)
    const waiting = await changedTexts(world)
    expect(waiting.length).toBeGreaterThan(0)

    // What the first attempt had under way comes to its end, and makes rows that are wrong now.
    const stale = expectedRows(monday, utc)
    const [key = ''] = (await rollupTexts(world)).filter((text) => text.includes('by-product day'))
    expect(stale.rollups).not.toContain(key)
    const row = { pk: 'by-product#a', sk: 'day#2026-11-16' }
    const item = await world.rollups.get(row)
    await world.rollups.put({ ...item, events: { N: '3' }, revenue: { N: '2.5' } })
    expect(await rollupTexts(world)).not.toEqual(expected)

    await run(world, nowMs + aliveMs - 1)
    expect((await changedTexts(world)).length).toBeGreaterThan(0)
    await run(world, nowMs + aliveMs)
    expect(await rollupTexts(world)).toEqual(expected)
    expect(await changedTexts(world)).toEqual([])
    // One part per aggregation of two hours, a day, a week and a month.
    expect(await objectKeys(world, 'parts/')).toHaveLength(10)
  })
})
