import { describe, expect, it } from 'vitest'
import { type Definition, string } from '../../lib/core/index.ts'
import { redrivenLane } from '../../lib/records/history.ts'
import { redriveFailedBatches } from '../../lib/redrive/redrive-failed-batches.ts'
import { without } from '../support/broken-worlds.ts'
import { salesPipeline } from '../support/sales.ts'
import { at, deliver, run, sale } from '../support/steps.ts'
import { memoryWorld, storesOn, type World, worldThrough } from '../support/world.ts'
import { arrivedMs, giveUp, hourMs, over, verifyContext, verifyHour } from './verified.ts'

const first = sale('1', '16T10:05:00', 'a')
const second = sale('2', '16T10:06:00', 'b', { quantity: 2 })

const verify = (world: World, nowMs: number, definition?: Definition) =>
  verifyHour(verifyContext(world, nowMs, definition), hourMs)

/** Puts an event into history again, as one that no minute row holds. */
async function redrive(world: World): Promise<void> {
  const { history, changed } = storesOn(world, () => over)
  const lane = redrivenLane('shardId-000000000001')
  const cut = { lane, firstSequenceNumber: '1', lastSequenceNumber: '1' }
  await history.append(cut, hourMs, [Buffer.from(first)])
  await changed.mark([{ kind: 'hour', hourMs }], over)
}

const twice = (explanation: string) => [
  `by-price 1 10:05: quantity 2 1; ${explanation}`,
  `by-product a 10:05: events 2 1, revenue 2 1; ${explanation}`,
]

const missing = (explanation: string) => [
  `by-price 1 10:05: quantity null 1; ${explanation}`,
  `by-product a 10:05: events null 1, revenue null 1, meanPrice null 1; ${explanation}`,
]

describe('minute rows and history', () => {
  it('are the same where every event was counted once', async () => {
    const world = memoryWorld()
    await deliver(world, 1, 1, [first, second], arrivedMs)
    const expected = { hourMs, rows: 4, correctedRows: 0, differences: [] }
    for (const nowMs of [at('16T10:11:00'), over]) {
      expect(await verify(world, nowMs)).toMatchObject(expected)
    }
    await run(world, over)
    expect(await verify(world, over)).toMatchObject(expected)
  })

  it('are the same once the hour was folded, though lanes of shards count duplicates', async () => {
    const world = memoryWorld()
    await deliver(world, 1, 1, [first, second], arrivedMs)
    await deliver(world, 2, 1, [first], at('16T10:11:00'))
    await run(world, over)
    expect(await verify(world, over)).toMatchObject({
      rows: 4,
      correctedRows: 2,
      duplicatesDropped: 1,
      differences: [],
    })
  })

  it('are the same where the lane of history says that nothing is left', async () => {
    const world = memoryWorld()
    // One id in two minutes: the second is none.
    await deliver(world, 1, 1, [first, sale('1', '16T10:06:00', 'a')], arrivedMs)
    await run(world, over)
    expect(await verify(world, over)).toMatchObject({ rows: 2, correctedRows: 2, differences: [] })
  })

  it('are the same where events were redriven, which no shard counted', async () => {
    const world = memoryWorld()
    await redrive(world)
    expect((await verify(world, over)).texts).toEqual(missing('hour-changed'))
    await run(world, over)
    expect(await verify(world, over)).toMatchObject({ correctedRows: 2, differences: [] })
  })
})

describe('what comes and goes while an hour is read', () => {
  it('is no difference: the hour is looked at again', async () => {
    const world = memoryWorld()
    let quiet = true
    const disturbed = worldThrough(world, (store) => async (request) => {
      if (store === 'objects' && quiet) {
        quiet = false
        await redrive(world)
        await run(world, over)
      }
      return request()
    })
    expect(await verify(disturbed, over)).toMatchObject({ rows: 2, differences: [] })
    expect(quiet).toBe(false)
  })
})

describe('a difference is explained by', () => {
  it('an hour that is open, where a producer sent an event twice', async () => {
    const world = memoryWorld()
    await deliver(world, 1, 1, [first, second], arrivedMs)
    await deliver(world, 2, 1, [first], at('16T10:11:00'))
    await run(world, at('16T10:15:00'))
    const { texts, duplicatesDropped } = await verify(world, at('16T11:04:59'))
    expect(texts).toEqual(twice('hour-open'))
    expect(duplicatesDropped).toBe(1)
  })

  it('an hour that has changed since it was folded', async () => {
    const world = memoryWorld()
    await deliver(world, 1, 1, [first], arrivedMs)
    await run(world, over)
    await deliver(world, 2, 1, [first], over)
    expect((await verify(world, over)).texts).toEqual(twice('hour-changed'))
    await run(world, over)
    expect((await verify(world, over)).texts).toEqual([])
    // What the lane of history says is too little when an event comes late.
    await deliver(world, 2, 2, [sale('9', '16T10:05:30', 'a')], over)
    expect((await verify(world, over)).texts).toEqual([
      'by-price 1 10:05: quantity 1 2; hour-changed',
      'by-product a 10:05: events 1 2, revenue 1 2; hour-changed',
    ])
    await run(world, over)
    expect((await verify(world, over)).texts).toEqual([])
  })

  it('a change that came after the marks were read', async () => {
    const world = memoryWorld()
    await deliver(world, 1, 1, [first], arrivedMs)
    await run(world, over)
    let asked = 0
    const disturbed = worldThrough(world, (store) => async (request) => {
      const answer = await request()
      if (store === 'ledger' && ++asked === 1) await deliver(world, 2, 1, [first], over)
      return answer
    })
    expect((await verify(disturbed, over)).texts).toEqual(twice('hour-changed'))
  })

  it('a minute that is past its retention', async () => {
    const world = memoryWorld()
    await deliver(world, 1, 1, [first, sale('3', '16T10:55:00', 'a')], at('16T10:57:00'))
    await run(world, over)
    const nowMs = at('16T10:30:00') + 35 * 86_400_000
    expect((await verify(world, nowMs)).texts).toEqual(missing('past-retention'))
    // A late event of such a minute gets no row any more.
    await deliver(world, 1, 3, [second], nowMs)
    await run(world, nowMs)
    expect((await verify(world, nowMs)).texts).toHaveLength(4)
  })

  it('a minute that is past its retention, and was made when that was longer', async () => {
    const world = memoryWorld()
    await deliver(world, 1, 1, [first, sale('3', '16T10:55:00', 'a')], at('16T10:57:00'))
    await run(world, over)
    const nowMs = at('16T10:30:00') + 35 * 86_400_000
    for (const item of await Array.fromAsync(world.minutes.scan())) {
      await world.minutes.put({ ...item, expiresAt: { N: String(nowMs) } })
    }
    await deliver(world, 1, 3, [sale('4', '16T10:05:30', 'a')], nowMs)
    await run(world, nowMs)
    expect((await verify(world, nowMs)).texts).toEqual([
      'by-price 1 10:05: quantity null 2; past-retention',
      'by-product a 10:05: events null 2, revenue null 2, meanPrice null 1; past-retention',
    ])
  })

  it.each([
    ['the first of its shard', []],
    ['another', [sale('0', '16T09:00:00', 'z')]],
  ])('a batch that is not done yet, %s', async (_which, before) => {
    const world = memoryWorld()
    if (before.length > 0) await deliver(world, 1, 1, before, at('16T10:08:00'))
    await expect(deliver(without(world, 'minutes'), 1, 5, [first], arrivedMs)).rejects.toThrow()
    expect((await verify(world, over)).texts).toEqual(missing('in-flight'))
    await deliver(world, 1, 5, [first], over)
    expect((await verify(world, over)).texts).toEqual([])
  })

  it('a batch that has come to minute rows, and whose hour is not marked yet', async () => {
    const world = memoryWorld()
    await deliver(world, 1, 1, [first], arrivedMs)
    await run(world, over)
    const cut = without(world, 'ledger')
    await expect(deliver(cut, 2, 1, [first], over)).rejects.toThrow()
    expect((await verify(world, over)).texts).toEqual(twice('in-flight'))
  })

  it('a batch that is not done, and gives an id that is there another content', async () => {
    const world = memoryWorld()
    await deliver(world, 2, 1, [first], arrivedMs)
    await run(world, over)
    const other = sale('1', '16T10:06:00', 'a')
    await expect(deliver(without(world, 'minutes'), 1, 1, [other], over)).rejects.toThrow()
    const { texts } = await verify(world, over)
    expect(texts).toHaveLength(4)
    for (const text of texts) expect(text).toMatch(/10:0[56]: .*; in-flight$/)
  })

  it('a batch that Lambda gave up on, until it is redriven', async () => {
    const world = memoryWorld()
    await expect(deliver(without(world, 'minutes'), 1, 5, [first], arrivedMs)).rejects.toThrow()
    const object = await giveUp(world, 1, [[5, first]], arrivedMs)
    expect((await verify(world, over)).texts).toEqual(missing('given-up'))
    // The shard goes on behind it.
    await deliver(world, 1, 6, [second], at('16T10:11:00'))
    await run(world, over)
    expect((await verify(world, over)).texts).toEqual(missing('given-up'))

    await world.objects.delete([object])
    expect((await verify(world, over)).texts).toEqual(missing('unexplained'))
  })

  it('a batch whose redrive was cut short before it marked the hour', async () => {
    const world = memoryWorld()
    await giveUp(world, 1, [[1, first]], arrivedMs)
    const cut = without(world, 'ledger')
    const stores = { ...storesOn(cut, () => over), objects: cut.objects }
    const options = { nowMs: () => over, dryRun: false, graceMs: 0 }
    await expect(redriveFailedBatches(salesPipeline, stores, options)).rejects.toThrow()
    expect((await verify(world, over)).texts).toEqual(missing('given-up'))
  })

  it('a definition that refuses today what it took once', async () => {
    const world = memoryWorld()
    const long = sale('3', '16T10:05:00', 'long-name', { price: '7' })
    await deliver(world, 1, 1, [first, long], arrivedMs)
    await run(world, over)
    const { texts, refusedLines } = await verify(world, over, withShortNames)
    expect(refusedLines).toBe(1)
    expect(texts).toEqual([
      'by-price 7 10:05: quantity 1 null; refused-by-definition',
      'by-product long-name 10:05: events 1 null, revenue 7 null, ' +
        'meanPrice 7 null; refused-by-definition',
    ])
  })
})

const withShortNames: Definition = {
  ...salesPipeline,
  event: { ...salesPipeline.event, product: string({ maxBytes: 4 }) },
}
