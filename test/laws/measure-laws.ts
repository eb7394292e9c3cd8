import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addEvent,
  bindAggregation,
  decodeState,
  type EventShape,
  type EventValues,
  encodeState,
  foldEvents,
  Leaders,
  leaderOf,
  type Measure,
  type MeasureSpec,
  sameState,
  string,
} from '../../lib/core/index.ts'
import { createParts } from '../../lib/rollup/parts.ts'
import { createRollupRows } from '../../lib/rows/rollup-rows.ts'
import { readState, stateAttributes } from '../../lib/rows/stored-state.ts'
import { MemoryObjects } from '../../lib/store/memory/memory-objects.ts'
import { MemoryTable } from '../../lib/store/memory/memory-table.ts'
import { compareStates } from '../../lib/verify/difference.ts'

export interface LawfulMeasure {
  readonly measure: MeasureSpec
  readonly event: EventShape
  /** Events of one kind come together, states of several kinds are merged. */
  readonly kindsOfEvents: readonly fc.Arbitrary<EventValues>[]
}

/** DynamoDB keeps so many digits of a Number, and fails on more. */
const maxNumberDigits = 38

/** Stores take longer than sums. */
const fewRuns = { numRuns: 20 }

/**
 * The laws that a measure must keep so that any cut of its events, folded in any order and stored
 * anywhere on the way, comes to the same (after the laws of Twitter's Algebird). States are compared
 * as they are, so there must be one form of each.
 */
export function measureLaws(
  name: string,
  { measure: spec, event: shape, kindsOfEvents }: LawfulMeasure,
): void {
  const measure = spec.bind(shape)
  const isNumber = measure.presentation.kind === 'number'
  const { merge, zero } = measure
  const total = (some: readonly EventValues[]) => foldOf(measure, some)
  const events = fc.oneof(...kindsOfEvents)
  const someEvents = (maxLength: number) =>
    fc.oneof(...kindsOfEvents.map((each) => fc.array(each, { maxLength })))
  const states = someEvents(6).map(total)
  const aggregation = bindAggregation(
    'laws',
    { key: ['name'], measures: { value: spec }, rankBy: isNumber ? 'value' : undefined },
    { ...shape, fields: { ...shape.fields, name: string() } },
  )
  const equal = (a: unknown, b: unknown) => {
    expect(a).toStrictEqual(b)
    const { presentation } = measure
    expect(presentation.present(a)).toBe(presentation.present(b))
    expect(presentation.rank(a)).toBe(presentation.rank(b))
  }

  describe(`the measure ${name}`, () => {
    it('has a zero that changes nothing', () => {
      fc.assert(
        fc.property(states, (a) => {
          equal(merge(a, zero), a)
          equal(merge(zero, a), a)
        }),
      )
    })

    it('merges in any grouping', () => {
      fc.assert(
        fc.property(states, states, states, (a, b, c) => {
          equal(merge(merge(a, b), c), merge(a, merge(b, c)))
        }),
      )
    })

    it('merges in any order', () => {
      fc.assert(fc.property(states, states, (a, b) => equal(merge(a, b), merge(b, a))))
    })

    it('adds an event as it merges the state of that event alone', () => {
      fc.assert(
        fc.property(states, events, (a, event) => {
          equal(measure.add(a, event), merge(a, measure.prepare(event)))
        }),
      )
    })

    it('comes to the same in bulk, one by one, and in parts that are merged', () => {
      fc.assert(
        fc.property(someEvents(12), fc.nat(12), (some, cut) => {
          const parts = merge(total(some.slice(0, cut)), total(some.slice(cut)))
          equal(parts, total(some))
          equal(foldEvents(aggregation, some)[0], total(some))
          equal(addEvent(aggregation, [parts], some[0] ?? {})[0], measure.add(parts, some[0] ?? {}))
        }),
      )
    })

    it('is changed by no merge and no event that it takes part in', () => {
      fc.assert(
        fc.property(states, states, events, (a, b, event) => {
          const [before, other] = structuredClone([a, b])
          merge(a, b)
          measure.add(a, event)
          expect([a, b]).toStrictEqual([before, other])
        }),
      )
    })

    it('is read back as it was written, with one encoding for one state', () => {
      fc.assert(
        fc.property(states, states, (a, b) => {
          const encoded = encodeState(aggregation, [a])
          expect(encoded).toHaveLength(measure.codec.parts.length)
          equal(decodeState(aggregation, encoded)[0], a)
          const same = sameState(encoded, encodeState(aggregation, [b]))
          expect(same).toBe(isDeepStrictEqual(a, b))
        }),
      )
    })

    it('is read back from the line of a part', async () => {
      const parts = createParts(new MemoryObjects())
      await fc.assert(
        fc.asyncProperty(states, async (a) => {
          const state = encodeState(aggregation, [a])
          await parts.write('parts/laws', [{ key: 'k', state }])
          const [row] = await Array.fromAsync(parts.read('parts/laws'))
          expect(row).toStrictEqual({ key: 'k', state })
          equal(decodeState(aggregation, row?.state ?? [])[0], a)
        }),
        fewRuns,
      )
    })

    it('is shown by a leaderboard as by its row', async () => {
      const window = { grain: 'day', name: '2026-11-16', fromMs: 0, toMs: 0 } as const
      await fc.assert(
        fc.asyncProperty(states, async (a) => {
          const leaders = new Leaders(aggregation, 1)
          leaders.show({ key: 'k', state: encodeState(aggregation, [a]) })
          expect(leaders.leaders()).toStrictEqual([leaderOf(aggregation, 'k', [a])])
          const rollups = createRollupRows(new MemoryTable())
          await rollups.putLeaders(aggregation, window, 0, leaders.leaders())
          expect(await rollups.readLeaders(aggregation, window)).toEqual([leaders.leaders()])
        }),
        fewRuns,
      )
    })

    it('differs for verify where its states do, and nowhere else', () => {
      fc.assert(
        fc.property(states, states, (a, b) => {
          const differences = compareStates(aggregation, [a], [b])
          expect(differences).toHaveLength(isDeepStrictEqual(a, b) ? 0 : 1)
          expect(compareStates(aggregation, undefined, [b])).toHaveLength(1)
        }),
      )
    })

    it('is read back from the attributes of an item, none longer than a Number holds', () => {
      fc.assert(
        fc.property(states, (a) => {
          const item = stateAttributes(aggregation, [a])
          equal(readState(aggregation, item)[0], a)
          for (const { N } of Object.values(item)) {
            const digits = (N ?? '').replace(/[-.]/g, '').replace(/^0+/, '')
            expect(digits.length).toBeLessThanOrEqual(maxNumberDigits)
          }
        }),
      )
    })
  })
}

function foldOf(measure: Measure, events: readonly EventValues[]): unknown {
  return events.reduce((state, event) => measure.merge(state, measure.prepare(event)), measure.zero)
}
