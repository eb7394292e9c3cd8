import { describe, expect, it } from 'vitest'
import { redriveBatchesAt, redriveRejectsAt, takingOnly } from '../redrive/redrives.ts'
import { dyingAt, without } from '../support/broken-worlds.ts'
import { lostAfter, lostBefore } from '../support/faulty-stores.ts'
import { batchOf } from '../support/sales-batches.ts'
import { apply, deliver, run, sale } from '../support/steps.ts'
import {
  copyOf,
  type MemoryWorld,
  memoryWorld,
  type World,
  worldThrough,
} from '../support/world.ts'
import { objectKeys } from '../support/world-rows.ts'
import { deleteRow, putRow } from './rows.ts'
import { arrivedMs, giveUp, over, productTexts } from './verified.ts'

const first = sale('1', '16T10:05:00', 'a')
const other = sale('1', '16T10:06:00', 'b')

const extra = (product: string, minute: string, explanation: string) =>
  `by-product ${product} ${minute}: events 1 null, revenue 1 null, meanPrice 1 null; ${explanation}`

const missing = (product: string, minute: string, explanation: string) =>
  `by-product ${product} ${minute}: events null 1, revenue null 1, meanPrice null 1; ${explanation}`

describe('a batch that was given up, of an id that is there with another content', () => {
  /** An id counts by shard 2 already, when a batch of `shard` brings it again and is given up. */
  async function displacedWorld(shard: number, broken: keyof World): Promise<MemoryWorld> {
    const world = memoryWorld()
    await deliver(world, 2, 1, [first, beside], arrivedMs)
    await run(world, over)
    await expect(deliver(without(world, broken), shard, 1, [other], over)).rejects.toThrow()
    await giveUp(world, shard, [[1, other]], over)
    // The shard goes on behind it.
    await deliver(world, shard, 2, [sale('9', '16T09:05:00', 'a')], over)
    return world
  }

  it('explains that history counts it in place of that content', async () => {
    const world = await displacedWorld(1, 'minutes')
    const found = [extra('a', '10:05', 'given-up'), missing('b', '10:06', 'given-up')]
    expect(await productTexts(world)).toEqual(found)
    await redriveBatchesAt(world, over)
    await run(world, over)
    expect(await productTexts(world)).toEqual([])
  })

  it('explains that minute rows count it beside that content', async () => {
    const world = await displacedWorld(3, 'ledger')
    expect(await productTexts(world)).toEqual([extra('b', '10:06', 'given-up')])
    await redriveBatchesAt(world, over)
    await run(world, over)
    expect(await productTexts(world)).toEqual([])
  })

  it('explains no other row', async () => {
    const world = await displacedWorld(1, 'minutes')
    const waiting = [extra('a', '10:05', 'given-up'), missing('b', '10:06', 'given-up')]
    await expectFaultsFound(world, waiting)
  })

  it('explains no content that it does not go before, nor one that never counted', async () => {
    const world = memoryWorld()
    // The id counts by shard 1, so that neither shard 2 nor the batch of shard 3 counts it.
    await deliver(world, 1, 1, [first], arrivedMs)
    await deliver(world, 2, 1, [sale('1', '16T10:07:00', 'c')], arrivedMs)
    await run(world, over)
    await expect(deliver(without(world, 'minutes'), 3, 1, [other], over)).rejects.toThrow()
    await giveUp(world, 3, [[1, other]], over)
    await deliver(world, 3, 2, [sale('9', '16T09:05:00', 'a')], over)
    await run(world, over)
    expect(await productTexts(world)).toEqual([])
    await deleteRow(world, 'a', '10:05')
    await putRow(world, 'c', '10:07', { product: 'c' }, 'history')
    expect(await productTexts(world)).toEqual([
      missing('a', '10:05', 'unexplained'),
      extra('c', '10:07', 'unexplained'),
    ])
  })

  it('explains no more of its own row than its own events', async () => {
    const world = memoryWorld()
    await deliver(world, 2, 1, [sale('7', '16T10:06:30', 'b')], arrivedMs)
    await expect(deliver(without(world, 'minutes'), 1, 1, [other], over)).rejects.toThrow()
    await giveUp(world, 1, [[1, other]], over)
    await deliver(world, 1, 2, [sale('9', '16T09:05:00', 'a')], over)
    await run(world, over)
    const found = 'by-product b 10:06: events 1 2, revenue 1 2;'
    expect(await productTexts(world)).toEqual([`${found} given-up`])
    await deleteRow(world, 'b', '10:06')
    expect(await productTexts(world)).toEqual([
      'by-product b 10:06: events null 2, revenue null 2, meanPrice null 1; unexplained',
    ])
    await putThree(world)
    expect(await productTexts(world)).toEqual([
      expect.stringMatching(/^by-product b 10:06.*unexplained$/),
    ])
  })

  it('is not explained by another content of its id that history has nothing of', async () => {
    const world = memoryWorld()
    await deliver(world, 1, 1, [first], arrivedMs)
    await run(world, over)
    await giveUp(world, 1, [[1, other]], over)
    await deleteRow(world, 'a', '10:05')
    expect(await productTexts(world)).toEqual([missing('a', '10:05', 'unexplained')])
  })
})

/** A row that counts more events than history has of it, whoever waits for what. */
async function putThree(world: World): Promise<void> {
  for (const lane of ['shardId-000000000007', 'shardId-000000000008', 'shardId-000000000009']) {
    await putRow(world, 'b', '10:06', { product: 'b' }, lane)
  }
}

/** Rows that something waits for, and one beside them; texts of what differs in right rows. */
async function expectFaultsFound(world: MemoryWorld, waiting: readonly unknown[]): Promise<void> {
  expect(await productTexts(world)).toEqual(waiting)
  await deleteRow(world, 'z', '10:09')
  expect(await productTexts(world)).toEqual([...waiting, missing('z', '10:09', 'unexplained')])
  await putRow(world, 'z', '10:09', { product: 'z', quantity: 5 })
  expect(await productTexts(world)).toEqual([
    ...waiting,
    'by-product z 10:09: revenue 5 1; unexplained',
  ])
  await putRow(world, 'z', '10:09', { product: 'z' })
  await putRow(world, 'z', '10:10', { product: 'z' })
  expect(await productTexts(world)).toEqual([...waiting, extra('z', '10:10', 'unexplained')])
}

const beside = sale('z', '16T10:09:00', 'z')

describe('rejects whose redrive was cut short', () => {
  const strict = takingOnly(/^[az]$/)

  async function rejectedWorld(lines: readonly string[]): Promise<MemoryWorld> {
    const world = memoryWorld()
    const records = lines.map((line, index) => [5 + index, line] as const)
    await deliver(world, 2, 1, [first, beside], arrivedMs)
    await apply(world, batchOf(1, records, arrivedMs), strict)
    await run(world, over)
    expect(await productTexts(world)).toEqual([])
    return world
  }

  it('before their hour was marked explain what minute rows lack of them', async () => {
    const world = await rejectedWorld([other, '{}', sale('3', '16T10:07:00', 'c')])
    await expect(redriveRejectsAt(without(world, 'ledger'), over)).rejects.toThrow()
    expect(await productTexts(world)).toEqual([
      extra('a', '10:05', 'rejected'),
      missing('b', '10:06', 'rejected'),
      missing('c', '10:07', 'rejected'),
    ])
    await redriveRejectsAt(world, over)
    await run(world, over)
    expect(await productTexts(world)).toEqual([])
  })

  it('explain no other row', async () => {
    const world = await rejectedWorld([other])
    await expect(redriveRejectsAt(without(world, 'ledger'), over)).rejects.toThrow()
    await expectFaultsFound(world, [
      extra('a', '10:05', 'rejected'),
      missing('b', '10:06', 'rejected'),
    ])
  })

  it('explain nothing of what they are once it lies among the rejects no more', async () => {
    const world = await rejectedWorld([sale('3', '16T10:07:00', 'c')])
    await expect(redriveRejectsAt(without(world, 'ledger'), over)).rejects.toThrow()
    await world.objects.delete(await objectKeys(world, 'rejected/'))
    expect(await productTexts(world)).toEqual([missing('c', '10:07', 'unexplained')])
  })

  it('explain no record of their batch that was taken', async () => {
    const world = await rejectedWorld([
      sale('3', '16T10:07:00', 'c'),
      sale('4', '16T10:08:00', 'z'),
    ])
    await deleteRow(world, 'z', '10:08')
    expect(await productTexts(world)).toEqual([missing('z', '10:08', 'unexplained')])
  })

  it('at any request leave nothing unexplained, whether or not a rollup comes next', async () => {
    const start = await rejectedWorld([other, '{}', sale('3', '16T09:07:00', 'c')])
    for (const fault of [lostBefore, lostAfter]) {
      for (let faulty = 0, done = false; !done; faulty++) {
        const world = copyOf(start)
        done = await redriveRejectsAt(dyingAt(world, faulty, fault), over).then(
          () => true,
          () => false,
        )
        expect(unexplainedOf(await productTexts(world)), `request ${faulty}`).toEqual([])
        await run(world, over)
        expect(unexplainedOf(await productTexts(world)), `request ${faulty}, rolled up`).toEqual([])
      }
    }
  })

  it('by one of two at once, at any request, leave nothing unexplained', async () => {
    const start = await rejectedWorld([other, '{}', sale('3', '16T09:07:00', 'c')])
    for (let faulty = 0, done = false; !done; faulty++) {
      const world = copyOf(start)
      const asked = worldThrough(world, () => async (request) => {
        const answer = await request()
        expect(unexplainedOf(await productTexts(world)), `request ${faulty}`).toEqual([])
        return answer
      })
      const [one] = await Promise.allSettled([
        redriveRejectsAt(dyingAt(world, faulty), over),
        redriveRejectsAt(asked, over),
      ])
      done = one.status === 'fulfilled'
      expect(unexplainedOf(await productTexts(world)), `request ${faulty}`).toEqual([])
      await run(world, over)
      expect(await productTexts(world), `request ${faulty}, rolled up`).toEqual([])
    }
  })

  it('and done again between any two requests of verify leave nothing unexplained', async () => {
    const start = await rejectedWorld([other, '{}', sale('3', '16T10:07:00', 'c')])
    await expect(redriveRejectsAt(without(start, 'ledger'), over)).rejects.toThrow()
    for (const rollsUp of [false, true]) {
      for (let at = 0, requests = 1; at < requests; at++) {
        const world = copyOf(start)
        let made = 0
        const disturbed = worldThrough(world, () => async (request) => {
          if (made++ === at) {
            await redriveRejectsAt(world, over)
            if (rollsUp) await run(world, over)
          }
          return request()
        })
        expect(unexplainedOf(await productTexts(disturbed)), `request ${at}`).toEqual([])
        requests = Math.max(requests, made)
      }
    }
  })

  it('by one of two explain nothing once the other has marked their hour and it was folded', async () => {
    const world = await rejectedWorld([other, sale('3', '16T10:07:00', 'c')])
    await expect(redriveRejectsAt(without(world, 'ledger'), over)).rejects.toThrow()
    await redriveRejectsAt(world, over)
    await run(world, over)
    expect(await productTexts(world)).toEqual([])
  })
})

describe('a batch that met two definitions', () => {
  it('is explained where minute rows lack what the later refused, until that is redriven', async () => {
    const world = memoryWorld()
    const lines = [first, sale('2', '16T10:06:00', 'b')]
    await expect(deliver(without(world, 'minutes'), 1, 1, lines, over)).rejects.toThrow()
    const records = lines.map((line, index) => [1 + index, line] as const)
    await apply(world, batchOf(1, records, over), takingOnly(/^a$/))
    await run(world, over)
    expect(await productTexts(world)).toEqual([missing('b', '10:06', 'rejected')])
    await redriveRejectsAt(world, over)
    await run(world, over)
    expect(await productTexts(world)).toEqual([])
  })
})

const unexplainedOf = (found: readonly string[]) =>
  found.filter((text) => text.endsWith('unexplained'))
