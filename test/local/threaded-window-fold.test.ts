import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import {
  beginWindowFold,
  canFoldPieces,
  createCalendar,
  grains,
  ReferenceWindowFold,
  type WindowFold,
  type WindowFoldOptions,
} from '../../lib/core/index.ts'
import { foldFiles } from '../../local/fold-files.ts'
import { maxLineBytes } from '../../local/stream-limits.ts'
import { SeededRandom } from '../data/seeded-random.ts'
import { Workspace } from '../end-to-end/workspace.ts'
import { withDefinitions } from '../engine/batch-arbitrary.ts'
import { definitionOf } from '../engine/definition-plan.ts'
import { sameWindows } from '../engine/same-windows.ts'
import { stateText } from '../engine/state-text.ts'
import { plannedWindows, windowInputs } from '../engine/window-arbitrary.ts'
import { hostilePurchases } from './fixtures/hostile-purchases.ts'
import { PlannedFoldThreads, ThreadsWithIdsOfTheirOwn } from './fixtures/planned-fold-threads.ts'
import { purchasePlan } from './fixtures/purchase-plan.ts'

const two = new PlannedFoldThreads(2)
const three = new PlannedFoldThreads(3)
const careless = new ThreadsWithIdsOfTheirOwn(2)
const workspace = new Workspace()
afterAll(async () => {
  await Promise.all([two, three, careless].map((threads) => threads.close()))
  workspace.remove()
})

const definition = definitionOf(purchasePlan)

const optionsOf = (others: Partial<WindowFoldOptions> = {}): WindowFoldOptions => ({
  definition,
  aggregation: definition.aggregations[0] as WindowFoldOptions['aggregation'],
  grain: 'hour',
  calendar: createCalendar('UTC'),
  eachIdOnce: true,
  nowMs: Date.parse('2026-11-23T00:00:00Z'),
  ...others,
})

/** All that a fold tells. */
function toldBy(fold: WindowFold) {
  const totals = Array.from(
    fold.totals(),
    ({ key, window, state }) => `${key} ${window.name} ${stateText(state)}`,
  )
  const { events, duplicatesDropped, blankLines, rejects } = fold
  return { events, duplicatesDropped, blankLines, rejects, totals }
}

/** Hands lines over some at a time. */
function feed(fold: WindowFold, lines: readonly string[], random: SeededRandom, most: number) {
  for (let at = 0; at < lines.length; ) {
    const end = at + 1 + random.below(most)
    const text = Buffer.from(`${lines.slice(at, end).join('\n')}\n`)
    fold.room(text.length).set(text)
    fold.add(text.length)
    at = end
  }
}

describe('a fold by several threads', () => {
  it('makes of any text what the reference does, by any definition, whenever it is asked', () => {
    fc.assert(
      fc.property(withDefinitions(plannedWindows), (planned) => {
        for (const one of planned) {
          const engine = (options: WindowFoldOptions) =>
            canFoldPieces(options) ? two.fold(one.plan, options, 1) : beginWindowFold(options)
          const reference = (options: WindowFoldOptions) => new ReferenceWindowFold(options)
          sameWindows({ reference, engine }, windowInputs([one]))
        }
      }),
      { numRuns: 100 },
    )
  })

  it.each([
    ['two', two],
    ['three', three],
  ])(
    'comes to the same by %s, however pieces lie, ids that come again among them',
    (_, threads) => {
      fc.assert(
        fc.property(
          fc.record({
            seed: fc.nat(),
            count: fc.integer({ min: 0, max: 400 }),
            linesAtOnce: fc.constantFrom(1, 3, 40),
            atLeastBytes: fc.constantFrom(1, 300, 5_000),
            eachIdOnce: fc.boolean(),
            grain: fc.constantFrom(...grains),
          }),
          ({ seed, count, linesAtOnce, atLeastBytes, eachIdOnce, grain }) => {
            const lines = hostilePurchases(seed, count)
            const options = optionsOf({ eachIdOnce, grain })
            const [expected, found] = [
              new ReferenceWindowFold(options),
              threads.fold(purchasePlan, options, atLeastBytes),
            ].map((fold) => {
              feed(fold, lines, new SeededRandom(seed), linesAtOnce)
              return toldBy(fold)
            })
            expect(found).toEqual(expected)
          },
        ),
        { numRuns: 40 },
      )
    },
  )

  it('is found out where each thread knows the ids of its own pieces alone', () => {
    const lines = hostilePurchases(1, 200)
    const [expected, found] = [
      beginWindowFold(optionsOf()),
      careless.fold(purchasePlan, optionsOf(), 1),
    ].map((fold) => {
      feed(fold, lines, new SeededRandom(1), 1)
      return toldBy(fold)
    })
    expect(found?.events).toBe(expected?.events)
    expect(found?.duplicatesDropped).toBeLessThan(expected?.duplicatesDropped ?? 0)
  })

  it('takes pieces of more events and longer lines than it has room for', () => {
    const short = Array.from({ length: 60_000 }, (_, at) => {
      return `{"id":"${at % 50_000}","product":"a","at":"2026-11-22T10:00:00Z","quantity":1,"price":1}`
    })
    const long = `{"id":"${' '.repeat(3_000_000)}"}`
    const [expected, found] = [
      beginWindowFold(optionsOf()),
      two.fold(purchasePlan, optionsOf()),
    ].map((fold) => {
      feed(fold, [...short, long, ...short], new SeededRandom(1), 100_000)
      return toldBy(fold)
    })
    expect(found).toEqual(expected)
  })

  it('throws what a thread throws', async () => {
    const failing = new PlannedFoldThreads(2)
    const fold = failing.fold(undefined, optionsOf(), 1)
    feed(fold, ['{}'], new SeededRandom(1), 1)
    expect(() => fold.events).toThrow(new RangeError('no definition'))
    await failing.close()
  })
})

describe('files folded by several threads', () => {
  const text = Buffer.from(`${hostilePurchases(5, 20_000).join('\n')}\n`)
  const long = Buffer.from(
    `${' '.repeat(maxLineBytes + 1)}\n${'x'.repeat(maxLineBytes + 5)}\n{"id":1}`,
  )
  const gzip = gzipSync(text)
  const zstd = zstdCompressSync(text)
  const cases: readonly (readonly [string, readonly Uint8Array[]])[] = [
    ['plain, gzip and zstd', [text, gzip, zstd]],
    ['cut short', [gzip.subarray(0, 90_000), zstd.subarray(0, 90_000), text.subarray(0, 99_999)]],
    ['with something behind it', [Buffer.concat([gzip, Buffer.from('more')]), text]],
    ['with lines that are too long', [text, long, long, text]],
    ['many, small, or empty', [...Array(9).fill(text.subarray(0, 700)), Buffer.from(''), long]],
  ]

  it.each(cases)('come to the same: %s', async (_, files) => {
    const paths = files.map((bytes, at) => workspace.writeBytes(`threads-${at}`, bytes))
    const told = async (fold: WindowFold) => {
      const folded = await foldFiles(fold, paths, () => undefined)
      return { folded, ...toldBy(fold) }
    }
    const expected = await told(beginWindowFold(optionsOf()))
    expect(await told(two.fold(purchasePlan, optionsOf()))).toEqual(expected)
    expect(await told(three.fold(purchasePlan, optionsOf(), 1))).toEqual(expected)
  })
})
