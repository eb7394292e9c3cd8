import { describe, expect, it } from 'vitest'
import { redrivenLane } from '../../lib/records/history.ts'
import { rollUp } from '../../lib/rollup/roll-up.ts'
import { dyingAt, without } from '../support/broken-worlds.ts'
import { lostAfter, lostBefore } from '../support/faulty-stores.ts'
import { at, counting, deliver, sale } from '../support/steps.ts'
import {
  contextAt,
  copyOf,
  type MemoryWorld,
  memoryWorld,
  storesOn,
  type World,
  worldThrough,
} from '../support/world.ts'
import { giveUp, hourMs, verifyContext, verifyHour } from './verified.ts'

/** One thing that happens to a world at an instant, whole or up to a fault. */
interface Step {
  readonly name: string
  readonly nowMs: number
  run(world: World, nowMs: number): Promise<unknown>
}

const first = sale('1', '16T10:05:00', 'a')
const second = sale('2', '16T10:06:00', 'b', { quantity: 2 })
const lost = sale('3', '16T10:05:30', 'a', { quantity: 3 })
const late = sale('4', '16T10:05:45', 'a', { quantity: 4 })

const batch = (name: string, shard: number, from: number, lines: string[], time: string): Step => ({
  name,
  nowMs: at(time),
  run: (world, nowMs) => deliver(world, shard, from, lines, nowMs),
})

const rollup = (name: string, time: string): Step => ({
  name,
  nowMs: at(time),
  run: (world, nowMs) => rollUp(contextAt(world, nowMs, { takeOver: true, soleProcess: true })),
})

/** The batch comes to history, never to minute rows, and Lambda gives it up. */
const givenUp: Step = {
  name: 'a batch is given up',
  nowMs: at('16T12:10:00'),
  async run(world, nowMs) {
    await deliver(without(world, 'minutes'), 1, 10, [lost, second], nowMs).catch(() => undefined)
    const records = [lost, second].map((line, index) => [10 + index, line] as const)
    await giveUp(world, 1, records, nowMs)
  },
}

/** As the command does it: history, the mark, and only then the object is gone. */
const redrive: Step = {
  name: 'it is redriven',
  nowMs: at('16T12:40:00'),
  async run(world, nowMs) {
    const { history, changed, failedBatches } = storesOn(world, () => nowMs)
    const lane = redrivenLane('shardId-000000000001')
    const cut = { lane, firstSequenceNumber: '1', lastSequenceNumber: '2' }
    await history.append(
      cut,
      hourMs,
      [lost, second].map((line) => Buffer.from(line)),
    )
    await changed.mark([{ kind: 'hour', hourMs }], nowMs)
    await world.objects.delete(await Array.fromAsync(failedBatches.list()))
  },
}

const steps: readonly Step[] = [
  batch('a batch comes', 1, 1, [first, second], '16T10:10:00'),
  batch('a duplicate comes', 2, 1, [first], '16T10:11:00'),
  rollup('the open hour is rolled up', '16T10:15:00'),
  rollup('the hour is rolled up', '16T12:00:00'),
  batch('a late event and a duplicate come', 2, 2, [late, second], '16T12:05:00'),
  givenUp,
  batch('its shard goes on', 1, 20, [sale('5', '16T10:07:00', 'c')], '16T12:15:00'),
  rollup('the hour is rolled up without it', '16T12:30:00'),
  redrive,
  rollup('the hour is rolled up with it', '16T12:45:00'),
]

interface Before {
  readonly step: Step
  readonly next: Step | undefined
  readonly world: MemoryWorld
  readonly requests: number
}

/** The world before each step. */
async function befores(): Promise<Before[]> {
  const world = memoryWorld()
  const all: Before[] = []
  for (const [index, step] of steps.entries()) {
    const before = copyOf(world)
    const { counted, total } = counting(world)
    await step.run(counted, step.nowMs)
    all.push({ step, next: steps[index + 1], world: before, requests: total() })
  }
  expect((await verifyHour(verifyContext(world, at('16T13:00:00')), hourMs)).texts).toEqual([])
  return all
}

async function expectExplained(world: World, nowMs: number, story: string): Promise<void> {
  const { texts } = await verifyHour(verifyContext(world, nowMs), hourMs)
  expect(
    texts.filter((text) => text.endsWith('unexplained')),
    story,
  ).toEqual([])
}

describe('no difference is left unexplained', () => {
  it.each([
    ['is cut short before any of its requests', lostBefore],
    ['is cut short after any of its requests', lostAfter],
  ])('where a step %s', async (_when, fault) => {
    for (const { step, world: before, requests } of await befores()) {
      for (let faulty = 0; faulty < requests; faulty++) {
        const world = copyOf(before)
        await step.run(dyingAt(world, faulty, fault), step.nowMs).catch(() => undefined)
        const story = `${step.name}, cut short at request ${faulty}`
        await expectExplained(world, step.nowMs, story)
        // Nobody goes on with it for hours.
        await expectExplained(world, at('16T18:00:00'), `${story}, hours ago`)
      }
    }
  })

  it.each([1, 2])('where %i steps are taken between any two requests of verify', async (count) => {
    for (const { step, next, world: before } of await befores()) {
      let requests = 0
      for (let at = 0; at <= requests; at++) {
        const world = copyOf(before)
        const some = [step, next].slice(0, count).filter((one) => one !== undefined)
        let made = 0
        const disturbed = worldThrough(world, () => async (request) => {
          if (made++ === at) for (const one of some) await one.run(world, one.nowMs)
          return request()
        })
        const names = some.map(({ name }) => name).join(' and ')
        await expectExplained(disturbed, step.nowMs, `${names}, before request ${at} of verify`)
        requests = Math.max(requests, made)
      }
    }
  })
  it('where events and rollups never cease while verify looks', async () => {
    const nowMs = at('16T12:00:00')
    for (const period of [1, 2, 3, 5, 8, 13, 21]) {
      for (let offset = 0; offset < period; offset++) {
        const world = memoryWorld()
        await deliver(world, 1, 1, [first, second], at('16T10:10:00'))
        await rollUp(contextAt(world, nowMs))
        let sequence = 100
        const busy: (() => Promise<unknown>)[] = [
          () => deliver(world, 2, sequence++, [first], nowMs),
          () => rollUp(contextAt(world, nowMs)),
          () => deliver(world, 1, sequence++, [sale(`${sequence}`, '16T10:05:01', 'a')], nowMs),
          () => deliver(world, 2, sequence++, [sale(`${sequence}`, '16T10:08:01', 'd')], nowMs),
        ]
        let made = 0
        let taken = 0
        const disturbed = worldThrough(world, () => async (request) => {
          if (made++ % period === offset) await busy[taken++ % busy.length]?.()
          return request()
        })
        await expectExplained(disturbed, nowMs, `every ${period} requests from ${offset}`)
      }
    }
  })
})
