import { describe, expect, it } from 'vitest'
import { applyBatch } from '../../functions/stream-aggregate/apply-batch.ts'
import { lostAfter, lostBefore } from '../conformance/faulty-stores.ts'
import { at, deliver, run, sale } from '../functions/batch-rollup/steps.ts'
import { batchOf } from '../functions/sales-batches.ts'
import {
  copyOf,
  type MemoryWorld,
  memoryWorld,
  storesOn,
  type World,
  worldThrough,
} from '../functions/world.ts'
import { redriveBatchesAt, redriveRejectsAt, takingOnly } from '../redrive/redrives.ts'
import { giveUp, verifyContext, verifyHour } from './verified.ts'

const hourMs = at('16T10:00:00')
const arrivedMs = at('16T10:10:00')
const over = at('16T12:00:00')
const first = sale('1', '16T10:05:00', 'a')
const other = sale('1', '16T10:06:00', 'b')

/** The same world, in which requests to one store fail, and with them whoever makes them. */
const without = (world: World, broken: keyof World) =>
  worldThrough(world, (store) => (request) => {
    if (store === broken) throw lostBefore()
    return request()
  })

async function texts(world: World) {
  const found = await verifyHour(verifyContext(world, over), hourMs)
  return found.texts.filter((text) => text.startsWith('by-product'))
}

const extra = (product: string, minute: string, explanation: string) =>
  `by-product ${product} ${minute}: events 1 null, revenue 1 null, meanPrice 1 null; ${explanation}`

const missing = (product: string, minute: string, explanation: string) =>
  `by-product ${product} ${minute}: events null 1, revenue null 1, meanPrice null 1; ${explanation}`

describe('a batch that was given up, of an id that is there with another content', () => {
  /** An id counts by shard 2 already, when a batch of `shard` brings it again and is given up. */
  async function displacedWorld(shard: number, broken: keyof World): Promise<MemoryWorld> {
    const world = memoryWorld()
    await deliver(world, 2, 1, [first], arrivedMs)
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
    expect(await texts(world)).toEqual(found)
    await redriveBatchesAt(world, over)
    await run(world, over)
    expect(await texts(world)).toEqual([])
  })

  it('explains that minute rows count it beside that content', async () => {
    const world = await displacedWorld(3, 'ledger')
    expect(await texts(world)).toEqual([extra('b', '10:06', 'given-up')])
    await redriveBatchesAt(world, over)
    await run(world, over)
    expect(await texts(world)).toEqual([])
  })
})

describe('rejects whose redrive was cut short', () => {
  const strict = takingOnly(/^a$/)

  async function rejectedWorld(lines: readonly string[]): Promise<MemoryWorld> {
    const world = memoryWorld()
    const stores = storesOn(world, () => arrivedMs)
    const records = lines.map((line, index) => [5 + index, line] as const)
    await deliver(world, 2, 1, [first], arrivedMs)
    await applyBatch(strict, stores, batchOf(1, records, arrivedMs), arrivedMs)
    await run(world, over)
    expect(await texts(world)).toEqual([])
    return world
  }

  it('before their hour was marked explain what minute rows lack of them', async () => {
    const world = await rejectedWorld([other, '{}', sale('3', '16T10:07:00', 'c')])
    await expect(redriveRejectsAt(without(world, 'ledger'), over)).rejects.toThrow()
    expect(await texts(world)).toEqual([
      extra('a', '10:05', 'rejected'),
      missing('b', '10:06', 'rejected'),
      missing('c', '10:07', 'rejected'),
    ])
    await redriveRejectsAt(world, over)
    await run(world, over)
    expect(await texts(world)).toEqual([])
  })

  it('at any request leave nothing unexplained, whether or not a rollup comes next', async () => {
    const start = await rejectedWorld([other, '{}', sale('3', '16T09:07:00', 'c')])
    for (const fault of [lostBefore, lostAfter]) {
      for (let faulty = 0, done = false; !done; faulty++) {
        const world = copyOf(start)
        let made = 0
        const dying = worldThrough(world, () => async (request) => {
          const number = made++
          if (number > faulty || (number === faulty && fault === lostBefore)) throw fault()
          const answer = await request()
          if (number === faulty) throw fault()
          return answer
        })
        done = await redriveRejectsAt(dying, over).then(
          () => true,
          () => false,
        )
        expect(unexplainedOf(await texts(world)), `request ${faulty}`).toEqual([])
        await run(world, over)
        expect(unexplainedOf(await texts(world)), `request ${faulty}, rolled up`).toEqual([])
      }
    }
  })

  it('by one of two explain nothing once the other has marked their hour and it was folded', async () => {
    const world = await rejectedWorld([other, sale('3', '16T10:07:00', 'c')])
    await expect(redriveRejectsAt(without(world, 'ledger'), over)).rejects.toThrow()
    await redriveRejectsAt(world, over)
    await run(world, over)
    expect(await texts(world)).toEqual([])
  })
})

describe('a batch that met two definitions', () => {
  it('is explained where minute rows lack what the later refused, until that is redriven', async () => {
    const world = memoryWorld()
    const lines = [first, sale('2', '16T10:06:00', 'b')]
    await expect(deliver(without(world, 'minutes'), 1, 1, lines, over)).rejects.toThrow()
    const records = lines.map((line, index) => [1 + index, line] as const)
    const stores = storesOn(world, () => over)
    await applyBatch(takingOnly(/^a$/), stores, batchOf(1, records, over), over)
    await run(world, over)
    expect(await texts(world)).toEqual([missing('b', '10:06', 'rejected')])
    await redriveRejectsAt(world, over)
    await run(world, over)
    expect(await texts(world)).toEqual([])
  })
})

const unexplainedOf = (found: readonly string[]) =>
  found.filter((text) => text.endsWith('unexplained'))
