import pMap from 'p-map'
import { describe, expect, it } from 'vitest'
import { createCalendar, type Definition } from '../../lib/core/index.ts'
import { type RollupResult, rollUp } from '../../lib/rollup/roll-up.ts'
import { type Fault, withFault } from '../support/broken-worlds.ts'
import { lostAfter, lostBefore } from '../support/faulty-stores.ts'
import { byProduct, salesPipeline } from '../support/sales.ts'
import { batchOf, type SequencedLine } from '../support/sales-batches.ts'
import { apply, at, counting, sale } from '../support/steps.ts'
import {
  contextAt,
  copyOf,
  type MemoryWorld,
  memoryWorld,
  runMs,
  storesOn,
  type World,
} from '../support/world.ts'
import {
  changedTexts,
  expectedRows,
  leaderTexts,
  minuteTexts,
  objectKeys,
  rollupTexts,
} from '../support/world-rows.ts'

const definition: Definition = { ...salesPipeline, aggregations: [byProduct] }
const calendar = createCalendar('Asia/Kathmandu')

// 24T18 is in two days of Kathmandu.
const early = sale('1', '24T18:14:00', 'a')
const lines = [early, sale('2', '24T18:15:00', 'a'), sale('3', '24T18:59:00', 'b')]
const late = sale('4', '24T18:14:30', 'c')

/** One thing that is done at an instant, and again should it fail. */
interface Step {
  readonly nowMs: number
  run(world: World, nowMs: number, takeOver: boolean): Promise<unknown>
}

function deliver(shard: number, from: number, some: readonly string[], time: string): Step {
  const records = some.map((line, index): SequencedLine => [from + index, line])
  const batch = batchOf(shard, records, at(time))
  return {
    nowMs: at(time),
    run: (world, nowMs) => apply(world, batch, definition, nowMs),
  }
}

function rollUpAt(time: string): Step {
  return {
    nowMs: at(time),
    run: (world, nowMs, takeOver) =>
      rollUp(contextAt(world, nowMs, { definition, calendar, takeOver, soleProcess: takeOver })),
  }
}

const steps: readonly Step[] = [
  deliver(1, 1, lines, '24T18:59:30'),
  // A producer's duplicate: minute rows count it, history drops it.
  deliver(2, 1, [early], '24T18:59:35'),
  // The hour is open, and folded from its minute rows.
  rollUpAt('24T18:59:40'),
  deliver(1, 4, [late], '24T19:30:00'),
  rollUpAt('24T20:00:00'),
]

/** All that readers see, and all that later steps are made from. */
async function contentOf(world: World) {
  return {
    rollups: await rollupTexts(world, definition),
    minutes: await minuteTexts(world, definition),
    leaders: await leaderTexts(world, calendar, byProduct),
    changed: await changedTexts(world),
    units: await unitTexts(world),
    objects: (await objectKeys(world, '')).length,
  }
}

/** What the ledger says of each unit's parts, but for their objects' names. */
async function unitTexts(world: World): Promise<string[]> {
  const { registry } = storesOn(world, () => 0)
  const texts: string[] = []
  for await (const { pk, sk } of world.ledger.scan()) {
    const [table, kind] = (pk?.S ?? '').split('#')
    if (table !== 'part' || kind === undefined) continue
    const { current, attempts } = await registry.read(kind, sk?.S ?? '')
    const parts = current.map(({ name, rows, digest }) => `${name} ${rows} ${digest}`)
    texts.push(`${kind} ${sk?.S}: ${parts.join(', ')}; ${attempts.length} attempts`)
  }
  return texts.sort()
}

type Content = Awaited<ReturnType<typeof contentOf>>

/** A step as it goes when nothing goes wrong. */
interface Undisturbed {
  readonly step: Step
  readonly before: MemoryWorld
  readonly requests: number
  readonly after: Content
}

async function undisturbed(): Promise<Undisturbed[]> {
  const world = memoryWorld()
  const all: Undisturbed[] = []
  for (const step of steps) {
    const before = copyOf(world)
    const { counted, total } = counting(world)
    await step.run(counted, step.nowMs, false)
    all.push({ step, before, requests: total(), after: await contentOf(world) })
  }
  return all
}

interface NamedFault extends Fault {
  readonly name: string
}

const faults: readonly [NamedFault, ...NamedFault[]] = [
  // To die after a request is to die before the next.
  { name: 'it dies before a request', lost: lostBefore, dies: true },
  { name: 'a request is not made', lost: lostBefore, dies: false },
  { name: 'the answer to a request is lost', lost: lostAfter, dies: false },
]

describe('all steps from the stream to the rollups', () => {
  it('come to the right rows', async () => {
    const [, , open, , closed] = await undisturbed()
    const counted = [...lines, sale('1-again', '24T18:14:00', 'a')]
    expect(open?.after).toMatchObject(expectedRows(counted, calendar, definition))
    expect(closed?.after).toMatchObject(expectedRows([...lines, late], calendar, definition))
    expect(closed?.after.changed).toEqual([])
  })

  it.each(faults)('come to the same when, anywhere on the way, $name', async (fault) => {
    for (const { step, before, requests, after } of await undisturbed()) {
      await pMap(Array(requests).keys(), (faulty) => withOneFault(faulty), { concurrency: 8 })

      async function withOneFault(faulty: number): Promise<void> {
        const world = copyOf(before)
        await step.run(withFault(world, faulty, fault), step.nowMs, false).catch(() => undefined)
        if (!fault.dies) {
          // The rows are right at once, but for those of a run whose lease is still held.
          const result = (await step.run(world, step.nowMs, false)) as Partial<RollupResult>
          const { rollups, minutes, leaders } = await contentOf(world)
          if (result.held !== false) expect(after).toMatchObject({ rollups, minutes, leaders })
        }
        // Who knows that process to be dead does once more what it may still have touched.
        await step.run(world, step.nowMs, true)
        expect(await contentOf(world)).toEqual(after)
      }
    }
  })

  it('come to the same when one run dies, and the next, and the next', async () => {
    const expected = await undisturbed()
    for (const stride of [1, 2, 3, 5, 8]) {
      const world = memoryWorld()
      for (const { step, requests, after } of expected) {
        // Each comes a little further than the one before.
        for (let faulty = stride; faulty < requests; faulty += 2 + stride) {
          const broken = withFault(world, faulty, faults[0])
          await step.run(broken, step.nowMs, true).catch(() => undefined)
        }
        await step.run(world, step.nowMs, true)
        expect(await contentOf(world)).toEqual(after)
      }
    }
  })

  it('need nobody to take over: the time of a run that died is over some day', async () => {
    const closing = (await undisturbed()).at(-1)
    if (closing === undefined) throw new Error('There is no such step')
    const { step, before, requests, after } = closing
    for (let faulty = 1; faulty < requests; faulty += 4) {
      const world = copyOf(before)
      const broken = withFault(world, faulty, faults[0])
      await step.run(broken, step.nowMs, false).catch(() => undefined)
      expect(await step.run(world, step.nowMs + runMs, false)).toEqual({ held: false })
      await step.run(world, step.nowMs + runMs + 60_001, false)
      expect(await contentOf(world)).toEqual(after)
    }
  })
})
