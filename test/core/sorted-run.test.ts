import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Aggregation,
  alignRuns,
  changedRows,
  count,
  decodeState,
  definePipeline,
  encodeState,
  integer,
  joinRuns,
  Leaders,
  mergeRuns,
  mergeStates,
  min,
  optional,
  type PartRow,
  type SortedRun,
  type State,
  string,
  timestamp,
} from '../../lib/core/index.ts'
import { anyText } from '../support/any-text.ts'

const definition = definePipeline({
  timeZone: 'UTC',
  event: { id: string({ minBytes: 1 }), at: timestamp(), size: optional(integer()) },
  id: 'id',
  time: 'at',
  aggregations: { sizes: { key: ['size'], measures: { events: count(), least: min('size') } } },
})
const [sizes] = definition.aggregations as [Aggregation]

type Model = ReadonlyMap<string, State>

// Keys in which UTF-16, UTF-8 and the order of locales differ.
const keys = fc.oneof(
  fc.constantFrom('', 'a', 'B', 'b', 'ä', 'é', 'e\u0301', '\uffff', '🧺', '~@', 'a|b', '__proto__'),
  anyText(2),
)
const states = fc.tuple(fc.bigInt(1n, 10n ** 20n).map(canonical), fc.option(fc.integer()))
const models: fc.Arbitrary<Model> = fc
  .array(fc.tuple(keys, states), { maxLength: 12 })
  .map((rows) => new Map(rows))

function canonical(whole: bigint) {
  return whole <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(whole) : whole
}

function rowsOf(model: Model): PartRow[] {
  return [...model]
    .map(([key, state]) => ({ key, state: encodeState(sizes, state) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
}

async function* run(rows: readonly PartRow[]) {
  yield* rows
}

async function collect<Row>(rows: AsyncIterable<Row>): Promise<Row[]> {
  const all: Row[] = []
  for await (const row of rows) all.push(row)
  return all
}

describe('mergeRuns', () => {
  it('comes to what a Map comes to, sorted, each key once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(models, { maxLength: 5 }), async (parts) => {
        const merged = new Map<string, State>()
        for (const [key, state] of parts.flatMap((part) => [...part])) {
          const other = merged.get(key)
          merged.set(key, other === undefined ? state : mergeStates(sizes, other, state))
        }
        const runs = parts.map((part) => run(rowsOf(part)))
        expect(await collect(mergeRuns(sizes, runs))).toEqual(rowsOf(merged))
      }),
    )
  })

  it('merges merges to the same as all at once', async () => {
    await fc.assert(
      fc.asyncProperty(models, models, models, async (a, b, c) => {
        const runOf = (model: Model) => run(rowsOf(model))
        const inSteps = mergeRuns(sizes, [mergeRuns(sizes, [runOf(a), runOf(b)]), runOf(c)])
        const atOnce = mergeRuns(sizes, [runOf(a), runOf(b), runOf(c)])
        expect(await collect(inSteps)).toEqual(await collect(atOnce))
      }),
    )
  })
})

describe('changedRows', () => {
  it('brings a table from any mixture of what came before to what it shall be', async () => {
    const mixtures = fc.record({
      next: models,
      befores: fc.array(models, { minLength: 1, maxLength: 3 }),
      choices: fc.infiniteStream(fc.nat(2)),
    })
    await fc.assert(
      fc.asyncProperty(mixtures, async ({ next, befores, choices }) => {
        const table = new Map<string, State>()
        for (const key of new Set(befores.flatMap((before) => [...before.keys()]))) {
          const choice = choices.next().value as number
          const state = befores[choice % befores.length]?.get(key)
          if (state !== undefined) table.set(key, state)
        }
        const changes = await collect(
          changedRows(
            run(rowsOf(next)),
            befores.map((before) => run(rowsOf(before))),
          ),
        )
        for (const { key, state } of changes) {
          if (state === undefined) table.delete(key)
          else table.set(key, decodeState(sizes, state))
        }
        expect(rowsOf(table)).toEqual(rowsOf(next))
      }),
    )
  })

  it('names no row that all of them agree on', async () => {
    await fc.assert(
      fc.asyncProperty(models, models, async (next, before) => {
        const rows = rowsOf(next)
        expect(await collect(changedRows(run(rows), [run(rows)]))).toEqual([])
        const changes = await collect(changedRows(run(rows), [run(rowsOf(before)), run(rows)]))
        const changed = new Map(changes.map(({ key, state }) => [key, state]))
        const other = new Map(rowsOf(before).map(({ key, state }) => [key, state]))
        for (const { key, state } of rows) {
          const same = JSON.stringify(other.get(key)) === JSON.stringify(state)
          expect(changed.has(key)).toBe(!same)
        }
      }),
    )
  })

  it('takes everything for changed where nothing came before, and deletes what is no more', async () => {
    const [a, b] = [
      { key: 'a', state: ['1', undefined] },
      { key: 'b', state: ['2', '0'] },
    ]
    expect(await collect(changedRows(run([a, b]), [run([])]))).toEqual([a, b])
    expect(await collect(changedRows(run([b]), [run([a, b])]))).toEqual([
      { key: 'a', state: undefined },
    ])
  })
})

describe('joinRuns', () => {
  it('makes one run in whose place changedRows finds the same, also when joined again', async () => {
    // So few keys and states that some agree and some don't.
    const few = fc
      .array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.tuple(fc.nat(1), fc.constant(null))))
      .map((rows): Model => new Map(rows))
    const several = fc.array(few, { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(few, few, several, several, async (next, last, some, others) => {
        const runsOf = (parts: readonly Model[]) => parts.map((part) => run(rowsOf(part)))
        const changesSince = (befores: SortedRun[]) =>
          collect(changedRows(run(rowsOf(next)), [run(rowsOf(last)), ...befores]))
        const apart = await changesSince(runsOf([...some, ...others]))
        expect(await changesSince([joinRuns(runsOf([...some, ...others]))])).toEqual(apart)
        const again = joinRuns([joinRuns(runsOf(some)), ...runsOf(others)])
        expect(await changesSince([again])).toEqual(apart)
      }),
    )
  })
})

describe('a row that stands for several', () => {
  // A text measure may come to any text, that of a former version's joined rows among them.
  const texts = fc.constantFrom('unknown', '', 'a', 'null', 'false')
  const rows = fc.dictionary(fc.constantFrom('a', 'b', 'c'), texts).map((some): PartRow[] =>
    Object.entries(some)
      .map(([key, text]) => ({ key, state: [text] }))
      .sort((a, b) => (a.key < b.key ? -1 : 1)),
  )

  it('is written again whatever state its key shall have, and deleted where it shall have none', async () => {
    await fc.assert(
      fc.asyncProperty(rows, rows, rows, async (next, one, other) => {
        const changes = await collect(
          changedRows(run(next), [run(next), joinRuns([run(one), run(other)])]),
        )
        const textOf = (some: PartRow[], key: string) =>
          some.find((row) => row.key === key)?.state?.[0]
        const keysOfAll = [...new Set([...next, ...one, ...other].map(({ key }) => key))]
        const expected = keysOfAll.filter((key) =>
          [one, other].some((some) => textOf(some, key) !== textOf(next, key)),
        )
        expect(changes.map(({ key }) => key)).toEqual(expected.sort())
        for (const { key, state } of changes) expect(state?.[0]).toBe(textOf(next, key))
      }),
    )
  })

  it.each<[string, (rows: SortedRun) => AsyncIterable<unknown>]>([
    ['merged', (rows) => mergeRuns(sizes, [rows])],
    ['what a table shall hold', (rows) => changedRows(rows, [run([])])],
  ])('is refused as one that is %s', async (_what, use) => {
    const joined = joinRuns([run([{ key: 'a', state: ['1'] }]), run([])])
    await expect(collect(use(joined))).rejects.toThrow('A row stands for several that differ')
  })

  it('has no rank', () => {
    const leaders = new Leaders({ ...sizes, rankBy: 0 }, 1)
    expect(() => leaders.show({ key: 'a', state: undefined })).toThrow('stands for several')
  })
})

describe('alignRuns', () => {
  const row = (key: string) => ({ key, state: ['1', undefined] })

  it.each([
    ['out of order', ['b', 'a']],
    ['twice the same key', ['a', 'b', 'b']],
    ['in the order of UTF-8', ['\uffff', '🧺']],
  ])('throws where a run is %s', async (_what, order) => {
    await expect(collect(alignRuns([run(order.map(row))]))).rejects.toThrow('A part is not sorted')
  })

  /** A run of keys without end, that notes when it is let go of. */
  function endless() {
    const seen = { read: 0, closed: false }
    const rows = (async function* () {
      try {
        for (let at = 0; ; at++) {
          seen.read++
          yield row(String(at).padStart(9, '0'))
        }
      } finally {
        seen.closed = true
      }
    })()
    return { seen, rows }
  }

  it('holds one row of each run, however long they are', async () => {
    const [a, b] = [endless(), endless()]
    let taken = 0
    for await (const { key, rows } of alignRuns([a.rows, b.rows])) {
      expect(rows).toEqual([row(key), row(key)])
      if (++taken === 100) break
    }
    expect(a.seen.read).toBeLessThanOrEqual(102)
  })

  it('lets go of every run once its reader has enough', async () => {
    const runs = [endless(), endless()]
    for await (const _row of alignRuns(runs.map(({ rows }) => rows))) break
    expect(runs.map(({ seen }) => seen.closed)).toEqual([true, true])
  })

  it.each([0, 1])('lets go of the others when a run fails after %i rows', async (rows) => {
    const other = endless()
    const broken = (async function* () {
      if (rows > 0) yield row('000000000')
      throw new Error('the part is gone')
    })()
    await expect(collect(alignRuns([broken, other.rows]))).rejects.toThrow('the part is gone')
    expect(other.seen.closed).toBe(true)
  })
})
