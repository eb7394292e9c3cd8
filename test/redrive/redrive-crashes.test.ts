import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { dyingAt, withFault } from '../support/broken-worlds.ts'
import { lostAfter, lostBefore } from '../support/faulty-stores.ts'
import { linesIn } from '../support/history-lines.ts'
import { batchOf, type SequencedLine } from '../support/sales-batches.ts'
import { apply, at, counting, run, sale, utc } from '../support/steps.ts'
import {
  copyOf,
  type MemoryWorld,
  memoryWorld,
  storesOn,
  type World,
  worldThrough,
} from '../support/world.ts'
import {
  changedTexts,
  expectedRows,
  minuteTexts,
  objectKeys,
  rollupTexts,
} from '../support/world-rows.ts'
import {
  applyInPart,
  giveUp,
  redriveBatchesAt,
  redriveRejectsAt,
  rejectedTexts,
  takingOnly,
} from './redrives.ts'

const arrived = at('16T10:30:00')
const later = at('16T12:00:00')

const lines = [
  sale('1', '16T10:05:00', 'a'),
  sale('2', '16T10:05:10', 'b'),
  sale('3', '16T09:05:20', 'b', { quantity: 2 }),
  '{}',
  sale('4', '16T10:05:00', 'a', { quantity: 3 }),
  sale('5', '16T09:05:30', 'b', { quantity: 5 }),
  'x',
]
const records = lines.map((line, index): SequencedLine => [1 + index, line])
const strict = takingOnly(/^a$/)

/** Records that were rejected in two cuts, and a batch that was given up after a part of it was done. */
async function troubledWorld(): Promise<MemoryWorld> {
  const world = memoryWorld()
  await apply(world, batchOf(1, records.slice(0, 4), arrived), strict)
  await apply(world, batchOf(1, records.slice(2, 4), arrived), strict)
  const failed = batchOf(1, records.slice(4), arrived)
  await applyInPart(world, failed, arrived, 4)
  await giveUp(world, failed)
  await run(world, later)
  return world
}

async function redriveAll(world: World): Promise<void> {
  await redriveRejectsAt(world, later)
  await redriveBatchesAt(world, later)
}

/** The rows, the marks, and every object but for parts, whose names are new each time. */
async function contentOf(world: World) {
  const keys = await objectKeys(world, '')
  return {
    rollups: await rollupTexts(world),
    minutes: await minuteTexts(world),
    changed: await changedTexts(world),
    rejected: await rejectedTexts(world),
    objects: keys.filter((key) => !key.startsWith('parts/')),
  }
}

const faults = [
  { lost: lostBefore, dies: true },
  { lost: lostBefore, dies: false },
  { lost: lostAfter, dies: true },
  { lost: lostAfter, dies: false },
] as const

describe('a redrive that is cut short at any request', () => {
  it('comes to the rows and to the objects of one that was not, once it is done again', async () => {
    const start = await troubledWorld()
    const whole = copyOf(start)
    const { counted, total } = counting(whole)
    await redriveAll(counted)
    const requests = total()
    await run(whole, later)
    const expected = await contentOf(whole)
    expect(expected).toMatchObject({
      ...expectedRows(lines, utc),
      changed: [],
      rejected: ['x', '{}'],
    })
    expect(requests).toBeGreaterThan(20)

    for (let faulty = 0; faulty < requests; faulty++) {
      for (const [at, fault] of faults.entries()) {
        const world = copyOf(start)
        const broken = withFault(world, faulty, fault)
        await expect(redriveAll(broken)).rejects.toThrow('A request failed')
        const rollsUpBetween = (faulty + at) % 2 === 0
        if (rollsUpBetween) await run(world, later)
        await redriveAll(world)
        await run(world, later)
        expect(await contentOf(world), `request ${faulty}, fault ${at}`).toEqual(expected)
      }
    }
  })

  it('has lost no record at that moment: it is in history, or where it was', async () => {
    const start = await troubledWorld()
    for (let faulty = 0; ; faulty++) {
      const world = copyOf(start)
      const done = await redriveAll(dyingAt(world, faulty)).then(
        () => true,
        () => false,
      )
      if (done) break
      // Whoever never redrives again has all the same every record somewhere.
      const { history } = storesOn(world, () => 0)
      const hours = [at('16T09:00:00'), at('16T10:00:00')]
      const found = new Set(await rejectedTexts(world))
      for (const hour of hours) {
        const held = await linesIn(history.read(hour))
        for (const line of held) found.add(Buffer.from(line).toString())
      }
      const waiting = await objectKeys(world, 'aws/lambda/')
      if (waiting.length > 0) for (const line of lines.slice(4)) found.add(line)
      expect([...found].sort(), `request ${faulty}`).toEqual([...lines].sort())
    }
  })

  it('marks an hour only once its events are in history, and moves nothing before it is marked', async () => {
    const world = await troubledWorld()
    const writes: string[] = []
    const watched = worldThrough(world, () => async (request) => {
      const keys = new Set(await objectKeys(world, ''))
      const ledger = await Array.fromAsync(world.ledger.scan())
      const answer = await request()
      const now = new Set(await objectKeys(world, ''))
      for (const key of now.difference(keys)) writes.push(key.split('/')[0] ?? '')
      if (keys.difference(now).size > 0) writes.push('deleted')
      const isSame = isDeepStrictEqual(await Array.fromAsync(world.ledger.scan()), ledger)
      if (!isSame) writes.push('marked')
      return answer
    })
    await redriveBatchesAt(watched, later)
    // Its reject stands where the stream function had put it.
    expect(writes).toEqual(['history', 'history', 'marked', 'marked', 'redriven', 'deleted'])
    writes.length = 0
    await redriveRejectsAt(watched, later)
    expect(writes.indexOf('marked')).toBeGreaterThan(writes.indexOf('history'))
    expect(writes.indexOf('redriven')).toBeGreaterThan(writes.indexOf('marked'))
    expect(writes.indexOf('rejected')).toBeGreaterThan(writes.indexOf('redriven'))
    expect(writes.indexOf('deleted')).toBeGreaterThan(writes.indexOf('rejected'))
  })
})
