import { describe, expect, it } from 'vitest'
import { type Definition, integer } from '../../lib/core/index.ts'
import { redriveRejectsAt, takingOnly } from '../redrive/redrives.ts'
import { dyingAt } from '../support/broken-worlds.ts'
import { salesPipeline } from '../support/sales.ts'
import { batchOf } from '../support/sales-batches.ts'
import { apply, deliver, run, sale } from '../support/steps.ts'
import { copyOf, type MemoryWorld, memoryWorld, worldThrough } from '../support/world.ts'
import { deleteRow, putRow } from './rows.ts'
import { arrivedMs, over, productTexts } from './verified.ts'

const first = sale('1', '16T10:05:00', 'a')
const other = sale('1', '16T10:06:00', 'b')
const plain = sale('2', '16T10:08:00', 'c')
const large = sale('3', '16T10:05:30', 'a', { quantity: 40 })
const twice = sale('4', '16T10:09:00', 'd')

/** Takes the product `b` no more. */
const withoutB = takingOnly(/^[acd]$/)
/** Takes no quantity over 10. */
const ofFew: Definition = {
  ...salesPipeline,
  event: { ...salesPipeline.event, quantity: integer({ max: 10 }) },
}

const events = (product: string, minute: string, counts: string, explanation: string) =>
  expect.stringMatching(
    new RegExp(`^by-product ${product} ${minute}: events ${counts}, .*; ${explanation}$`),
  )

/** An event that the stream refuses is redriven before the rollup takes it, and folded without. */
async function redrivenEarly(line: string): Promise<MemoryWorld> {
  const world = memoryWorld()
  await deliver(world, 2, 1, [first, plain, twice, twice], arrivedMs)
  await apply(world, batchOf(1, [[1, line]], arrivedMs), withoutB)
  await run(world, over, { definition: withoutB })
  await redriveRejectsAt(world, over)
  await run(world, over, { definition: withoutB })
  expect(await productTexts(world, withoutB)).toEqual([])
  return world
}

/** The stream takes an event that the rollup leaves out of a correction. */
async function leftOutOfTotal(): Promise<MemoryWorld> {
  const world = memoryWorld()
  await deliver(world, 2, 1, [first, large, plain], arrivedMs)
  await deliver(world, 3, 1, [first], arrivedMs)
  await run(world, over, { definition: ofFew })
  expect(await productTexts(world, ofFew)).toEqual([])
  return world
}

describe('between the deployment of a wider definition and the next rollup', () => {
  it('events that were redriven before it explain what minute rows lack', async () => {
    const world = await redrivenEarly(sale('9', '16T10:06:00', 'b'))
    expect(await productTexts(world)).toEqual([events('b', '10:06', 'null 1', 'left-out')])
    await run(world, over)
    expect(await productTexts(world)).toEqual([])
  })

  it('and that another content of their id goes back behind them', async () => {
    const world = await redrivenEarly(other)
    expect(await productTexts(world)).toEqual([
      events('a', '10:05', '1 null', 'left-out'),
      events('b', '10:06', 'null 1', 'left-out'),
    ])
    await run(world, over)
    expect(await productTexts(world)).toEqual([])
  })

  it('events that were left out of a correction explain what it lacks', async () => {
    const world = await leftOutOfTotal()
    expect(await productTexts(world)).toEqual([events('a', '10:05', '1 2', 'left-out')])
    await run(world, over)
    expect(await productTexts(world)).toEqual([])
  })

  it('nothing is left unexplained by a rollup between any two requests of verify', async () => {
    const start = await redrivenEarly(other)
    for (let at = 0, requests = 1; at < requests; at++) {
      const world = copyOf(start)
      let made = 0
      const disturbed = worldThrough(world, () => async (request) => {
        if (made++ === at) await run(world, over)
        return request()
      })
      const found = (await productTexts(disturbed)).filter((text) => text.endsWith('unexplained'))
      expect(found, `request ${at}`).toEqual([])
      requests = Math.max(requests, made)
    }
  })

  it('nor by one that is cut short at any request', async () => {
    const start = await redrivenEarly(other)
    for (let faulty = 0, done = false; !done; faulty++) {
      const world = copyOf(start)
      done = await run(dyingAt(world, faulty), over).then(
        () => true,
        () => false,
      )
      const found = (await productTexts(world)).filter((text) => text.endsWith('unexplained'))
      expect(found, `request ${faulty}`).toEqual([])
    }
  })

  it('no row is explained that is lost, changed or too many', async () => {
    const world = await redrivenEarly(sale('9', '16T10:06:00', 'b'))
    const explained = events('b', '10:06', 'null 1', 'left-out')
    await deleteRow(world, 'c', '10:08')
    expect(await productTexts(world)).toEqual([
      explained,
      events('c', '10:08', 'null 1', 'unexplained'),
    ])
    await putRow(world, 'c', '10:08', { product: 'c', quantity: 7 })
    expect(await productTexts(world)).toEqual([
      explained,
      'by-product c 10:08: revenue 7 1; unexplained',
    ])
    await putRow(world, 'c', '10:08', { product: 'c' })
    await putRow(world, 'e', '10:08', { product: 'e' })
    expect(await productTexts(world)).toEqual([
      explained,
      events('e', '10:08', '1 null', 'unexplained'),
    ])
  })

  it('no more events are explained than were left out, also of rows that are to be exact', async () => {
    const world = await redrivenEarly(sale('9', '16T10:06:00', 'b'))
    await deleteRow(world, 'd', '10:09')
    const found = await productTexts(world)
    expect(found).toHaveLength(2)
    expect(found.filter((text) => text.endsWith('left-out'))).toHaveLength(1)
    expect(found.filter((text) => text.endsWith('unexplained'))).toHaveLength(1)
  })

  it('nothing is explained by what the definition of today leaves out itself', async () => {
    const world = await redrivenEarly(sale('9', '16T10:06:00', 'b'))
    await deleteRow(world, 'd', '10:09')
    expect(await productTexts(world, withoutB)).toEqual([
      events('d', '10:09', 'null 1', 'unexplained'),
    ])
  })
})

describe('after the deployment of a narrower definition', () => {
  /** The wider counts one content of an id, and the narrower refuses it and counts the other. */
  async function narrowed(): Promise<MemoryWorld> {
    const world = memoryWorld()
    await deliver(world, 1, 1, [other, plain], arrivedMs)
    await deliver(world, 2, 1, [first], arrivedMs)
    await run(world, over)
    expect(await productTexts(world)).toEqual([])
    return world
  }

  it('a content that counts now is explained as the one that is refused', async () => {
    const world = await narrowed()
    const found = [
      events('a', '10:05', 'null 1', 'refused-by-definition'),
      events('b', '10:06', '1 null', 'refused-by-definition'),
    ]
    expect(await productTexts(world, withoutB)).toEqual(found)
    // Its total is made anew where the hour is folded for something else.
    await deliver(world, 2, 2, [sale('8', '16T10:30:00', 'c')], over)
    await run(world, over, { definition: withoutB })
    expect(await productTexts(world, withoutB)).toEqual([found[1]])
  })

  it('no row is explained that is lost, changed or too many', async () => {
    const world = await narrowed()
    const found = await productTexts(world, withoutB)
    await deleteRow(world, 'c', '10:08')
    expect(await productTexts(world, withoutB)).toEqual([
      ...found,
      events('c', '10:08', 'null 1', 'unexplained'),
    ])
    await putRow(world, 'c', '10:08', { product: 'c', quantity: 7 })
    expect(await productTexts(world, withoutB)).toEqual([
      ...found,
      'by-product c 10:08: revenue 7 1; unexplained',
    ])
    await putRow(world, 'c', '10:08', { product: 'c' })
    await putRow(world, 'd', '10:09', { product: 'd' })
    // Which of the two is of the line that is refused, nobody can tell.
    const oneOf = '(refused-by-definition|unexplained)'
    const withExtra = await productTexts(world, withoutB)
    expect(withExtra).toEqual([
      found[0],
      events('b', '10:06', '1 null', oneOf),
      events('d', '10:09', '1 null', oneOf),
    ])
    expect(withExtra.filter((text) => text.endsWith('unexplained'))).toHaveLength(1)
  })

  it('no row is explained that lacks what no refused line goes before', async () => {
    const world = await narrowed()
    await deleteRow(world, 'a', '10:05')
    // Without its correction, it is a row that no fold has made.
    expect(await productTexts(world, withoutB)).toContainEqual(
      events('a', '10:05', 'null 1', 'unexplained'),
    )
  })
})
