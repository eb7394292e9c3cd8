import { describe, expect, it } from 'vitest'
import { type Definition, string } from '../../lib/core/index.ts'
import { keyItem } from '../../lib/store/attribute.ts'
import { unexplained, verifyHours } from '../../lib/verify/verify-hours.ts'
import { without } from '../support/broken-worlds.ts'
import { salesPipeline } from '../support/sales.ts'
import { at, deliver, run, sale } from '../support/steps.ts'
import { type MemoryWorld, memoryWorld, storesOn, type World } from '../support/world.ts'
import { objectKeys } from '../support/world-rows.ts'
import { putRow, rowKey } from './rows.ts'
import { arrivedMs, giveUp, hourMs, over, verifyContext, verifyHour } from './verified.ts'

const shard = 'shardId-000000000001'

const first = sale('1', '16T10:05:00', 'a')
const second = sale('2', '16T10:06:00', 'b', { quantity: 2 })

const deleteRow = (world: World, product: string, time: string, lane = shard) =>
  world.minutes.writeAll([{ delete: rowKey(product, time, lane) }])

const wrongRevenue = 'by-product a 10:05: revenue 5 1; unexplained'
const gone = 'by-product a 10:05: events null 1, revenue null 1, meanPrice null 1; unexplained'

async function texts(world: World, nowMs = over, definition?: Definition) {
  return (await verifyHour(verifyContext(world, nowMs, definition), hourMs)).texts
}

/** A world in which all is right, of an hour that was folded. */
async function rightWorld(): Promise<MemoryWorld> {
  const world = memoryWorld()
  await deliver(world, 1, 1, [first, second], arrivedMs)
  await run(world, over)
  expect(await texts(world)).toEqual([])
  return world
}

describe('a fault is found', () => {
  it.each<[string, (world: World) => Promise<unknown>, string]>([
    [
      'a row that was changed',
      (world) => putRow(world, 'a', '10:05', { product: 'a', quantity: 5 }),
      wrongRevenue,
    ],
    ['a row that was deleted', (world) => deleteRow(world, 'a', '10:05'), gone],
    [
      'a row too many',
      (world) => putRow(world, 'c', '10:07', { product: 'c' }),
      'by-product c 10:07: events 1 null, revenue 1 null, meanPrice 1 null; unexplained',
    ],
  ])('in %s', async (_what, harm, text) => {
    const world = await rightWorld()
    await harm(world)
    expect(await texts(world)).toEqual([text])
  })

  it('in a row of an hour that history has nothing of', async () => {
    const world = memoryWorld()
    await putRow(world, 'a', '10:05', { product: 'a' })
    expect(await texts(world)).toHaveLength(1)
  })

  it('in history that has lost an object', async () => {
    const world = await rightWorld()
    await deliver(world, 2, 1, [sale('3', '16T10:05:00', 'a')], over)
    await run(world, over)
    const [, last = ''] = await objectKeys(world, 'history/')
    await world.objects.delete([last])
    expect(await texts(world)).toEqual([
      'by-price 1 10:05: quantity 2 1; unexplained',
      'by-product a 10:05: events 2 1, revenue 2 1; unexplained',
    ])
  })

  it('in a lane of history that is wrong, or is where none should be', async () => {
    const world = memoryWorld()
    await deliver(world, 1, 1, [first, first, second], arrivedMs)
    await run(world, over)
    expect(await texts(world)).toEqual([])
    await putRow(world, 'a', '10:05', { product: 'a', quantity: 5 }, 'history')
    expect(await texts(world)).toEqual([wrongRevenue])
    await deleteRow(world, 'a', '10:05', 'history')
    expect(await texts(world)).toEqual(['by-product a 10:05: events 2 1, revenue 2 1; unexplained'])
    await putRow(world, 'b', '10:06', { product: 'b', quantity: 3 }, 'history')
    expect(await texts(world)).toContain('by-product b 10:06: revenue 3 2; unexplained')
  })

  it('in a mean that looks the same and is of other events', async () => {
    const world = await rightWorld()
    await world.minutes.put({
      ...(await world.minutes.get(rowKey('a', '10:05', shard))),
      ...keyItem(rowKey('a', '10:05', shard)),
      'meanPrice.sum': { N: '2' },
      'meanPrice.count': { N: '2' },
    })
    expect(await texts(world)).toEqual(['by-product a 10:05: meanPrice 1 1; unexplained'])
  })
})

describe('a fault is not hidden by', () => {
  it('an hour that is open', async () => {
    const world = memoryWorld()
    await deliver(world, 1, 1, [first, second, second], arrivedMs)
    await putRow(world, 'a', '10:05', { product: 'a', quantity: 5 })
    expect(await texts(world, at('16T10:30:00'))).toEqual([
      'by-price 1 10:06: quantity 4 2; hour-open',
      wrongRevenue,
      'by-product b 10:06: events 2 1, revenue 4 2; hour-open',
    ])
  })

  it('an hour that is open, or has changed, of a row that lacks what only came once', async () => {
    const world = memoryWorld()
    await deliver(world, 1, 1, [first, second, second], arrivedMs)
    await deleteRow(world, 'b', '10:06')
    const lost = 'by-product b 10:06: events null 1, revenue null 2, meanPrice null 1; unexplained'
    for (const nowMs of [at('16T10:30:00'), over]) expect(await texts(world, nowMs)).toContain(lost)
    await run(world, over)
    expect(await texts(world)).toEqual([])
  })

  it('an hour that is open, or has changed, of a row of more events than ever came', async () => {
    const world = memoryWorld()
    await deliver(world, 1, 1, [first, second, second], arrivedMs)
    for (const lane of ['shardId-000000000002', 'shardId-000000000003']) {
      await putRow(world, 'b', '10:06', { product: 'b', quantity: 2 }, lane)
    }
    const extra = 'by-product b 10:06: events 4 1, revenue 8 2; unexplained'
    for (const nowMs of [at('16T10:30:00'), over]) {
      expect(await texts(world, nowMs)).toContain(extra)
    }
  })

  it('an hour that has changed', async () => {
    const world = await rightWorld()
    await deliver(world, 1, 3, [second], over)
    await deleteRow(world, 'a', '10:05')
    expect(await texts(world)).toContain(gone)
    await run(world, over)
    expect(await texts(world)).toEqual([gone])
  })

  it('a batch that is not done, of other keys or another minute', async () => {
    const world = await rightWorld()
    const late = [sale('8', '16T10:06:30', 'a'), sale('9', '16T10:05:30', 'z')]
    await expect(deliver(without(world, 'minutes'), 2, 1, late, over)).rejects.toThrow()
    await deleteRow(world, 'a', '10:05')
    expect(await texts(world)).toContain(gone)
  })

  it('a lane of history that is no shard of the stream', async () => {
    const world = await rightWorld()
    const cut = { lane: 'somebody', firstSequenceNumber: '1', lastSequenceNumber: '9' }
    const { history } = storesOn(world, () => over)
    await history.append(cut, hourMs, [Buffer.from(sale('9', '16T10:05:30', 'z'))])
    expect(await texts(world)).toEqual([
      'by-price 1 10:05: quantity 1 2; unexplained',
      expect.stringMatching(/^by-product z 10:05: events null 1.*; unexplained$/),
    ])
  })

  it.each([
    ['another shard', 2, 1, first],
    ['records that history does not hold', 1, 900, first],
    ['other keys', 1, 1, second],
    ['another hour', 1, 1, sale('1', '16T11:05:00', 'a')],
  ])('a batch that was given up, of %s', async (_what, givenUpShard, sequence, line) => {
    const world = await rightWorld()
    await giveUp(world, givenUpShard, [[sequence, line]], over)
    await deleteRow(world, 'a', '10:05')
    expect(await texts(world)).toEqual([gone])
  })

  it('a batch of which a process thinks that it is the last of its shard, long after it was', async () => {
    const world = await rightWorld()
    await deliver(world, 1, 3, [sale('3', '16T10:07:00', 'c')], arrivedMs)
    await deliver(world, 1, 1, [first], over)
    await deleteRow(world, 'c', '10:07')
    expect(await texts(world)).toEqual([
      expect.stringMatching(/^by-product c 10:07: events null 1.*; unexplained$/),
    ])
  })

  it('an object that is no batch, and hides no batch that is one either', async () => {
    const world = await rightWorld()
    for (const name of ['a', 'zzz']) {
      await world.objects.put(`aws/lambda/${name}`, Buffer.from(JSON.stringify({ of: 'somebody' })))
    }
    await giveUp(world, 1, [[2, second]], over)
    await deleteRow(world, 'a', '10:05')
    await deleteRow(world, 'b', '10:06')
    const found = await verifyHour(verifyContext(world, over), hourMs)
    expect(found.texts).toEqual([gone, expect.stringMatching(/^by-product b 10:06.*; given-up$/)])
    expect(found.notBatches.map(({ objectKey }) => objectKey)).toEqual([
      'aws/lambda/a',
      'aws/lambda/zzz',
    ])
  })

  it('a retention that is not over', async () => {
    const world = await rightWorld()
    await deleteRow(world, 'a', '10:05')
    const expiresMs = at('16T10:06:00') + 35 * 86_400_000
    expect(await texts(world, expiresMs - 1)).toEqual([gone])
  })
})

describe('a fault is not hidden by lines that the definition refuses', () => {
  const event = { ...salesPipeline.event, product: string({ maxBytes: 4 }) }
  const strict: Definition = { ...salesPipeline, event }
  const refusedRow =
    'by-product long-name 10:05: events 1 null, revenue 7 null, meanPrice 7 null; refused-by-definition'
  const refusedPrice = 'by-price 7 10:05: quantity 1 null; refused-by-definition'

  /** One line of its hour is refused. */
  async function worldOfOne(): Promise<MemoryWorld> {
    const world = memoryWorld()
    const long = sale('3', '16T10:05:00', 'long-name', { price: '7' })
    await deliver(world, 1, 1, [first, long], arrivedMs)
    await run(world, over)
    expect(await texts(world, over, strict)).toEqual([refusedPrice, refusedRow])
    return world
  }

  it('in a row that is missing', async () => {
    const world = await worldOfOne()
    await deleteRow(world, 'a', '10:05')
    expect(await texts(world, over, strict)).toEqual([refusedPrice, gone, refusedRow])
  })

  it('in a row of as many events as history has', async () => {
    const world = await worldOfOne()
    await putRow(world, 'a', '10:05', { product: 'a', quantity: 5 })
    expect(await texts(world, over, strict)).toEqual([refusedPrice, wrongRevenue, refusedRow])
  })

  it('in a row of more events than lines are refused, or in one row too many', async () => {
    const world = await worldOfOne()
    await putRow(world, 'c', '10:07', { product: 'c' })
    const found = await texts(world, over, strict)
    expect(found).toHaveLength(3)
    expect(found.filter((text) => text.endsWith('unexplained'))).toHaveLength(1)

    await world.minutes.put({
      ...(await world.minutes.get(rowKey('c', '10:07', shard))),
      ...keyItem(rowKey('c', '10:07', shard)),
      events: { N: '2' },
    })
    expect(await texts(world, over, strict)).toEqual([
      refusedPrice,
      expect.stringMatching(/^by-product c 10:07: events 2 null.*; unexplained$/),
      refusedRow,
    ])
  })

  it('in more rows than lines are refused, where events are not counted', async () => {
    const world = await worldOfOne()
    await deliver(world, 1, 5, [second], arrivedMs)
    const [key] = (await Array.fromAsync(world.minutes.scan())).filter(({ pk, sk }) => {
      return pk?.S?.startsWith('by-price') && sk?.S?.includes('10:06')
    })
    await world.minutes.put({ ...key, quantity: { N: '9' } })
    const wrong = (await texts(world, over, strict)).filter((text) => text.startsWith('by-price'))
    expect(wrong).toHaveLength(2)
    expect(wrong.filter((text) => text.endsWith('refused-by-definition'))).toHaveLength(1)
    expect(wrong.filter((text) => text.endsWith('unexplained'))).toHaveLength(1)
  })
})

describe('several hours', () => {
  const hours = [10, 11, 12, 13, 14].map((hour) => at(`16T${hour}:00:00`))

  it('come in the order given, each with what is wrong in it, however many are read at once', async () => {
    const world = memoryWorld()
    const lines = hours.map((_, id) => sale(String(id), `16T${10 + id}:05:00`, 'a'))
    await deliver(world, 1, 1, lines, at('16T15:00:00'))
    await deleteRow(world, 'a', '12:05')
    for (const atOnce of [1, 2, 4, 9]) {
      const order = hours.toReversed()
      const context = verifyContext(world, at('17T00:00:00'))
      const verified = await Array.fromAsync(verifyHours(context, order, atOnce))
      expect(verified.map(({ hourMs }) => hourMs)).toEqual(order)
      expect(verified.map((one) => unexplained(one).length)).toEqual([0, 0, 1, 0, 0])
    }
  })

  it('end with the first that fails', async () => {
    const broken = without(memoryWorld(), 'objects')
    const verified = verifyHours(verifyContext(broken, over), hours, 3)
    await expect(Array.fromAsync(verified)).rejects.toThrow('it was never made')
  })
})
