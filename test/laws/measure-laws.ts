import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addEvent,
  bindAggregation,
  decodeState,
  type EventValues,
  encodeState,
  type FieldsOf,
  foldEvents,
  type Measure,
  type MeasureSpec,
  string,
} from '../../lib/core/index.ts'
import { readState, stateAttributes } from '../../lib/rows/stored-state.ts'

export interface LawfulMeasure {
  readonly measure: MeasureSpec
  readonly fields: FieldsOf
  readonly events: fc.Arbitrary<EventValues>
}

/** DynamoDB keeps so many digits of a Number, and fails on more. */
const maxNumberDigits = 38

/**
 * The laws that a measure must keep so that any cut of its events, folded in any order and stored
 * anywhere on the way, comes to the same (after the laws of Twitter's Algebird). States are compared
 * as they are, so there must be one form of each.
 */
export function measureLaws(name: string, { measure: spec, fields, events }: LawfulMeasure): void {
  const measure = spec.bind(fields)
  const { merge, zero } = measure
  const total = (some: readonly EventValues[]) => foldOf(measure, some)
  const states = fc.array(events, { maxLength: 6 }).map(total)
  const aggregation = bindAggregation(
    'laws',
    { key: ['name'], measures: { value: spec } },
    { ...fields, name: string() },
  )
  const equal = (a: unknown, b: unknown) => {
    expect(a).toStrictEqual(b)
    expect(measure.present(a)).toBe(measure.present(b))
    expect(measure.rank(a)).toBe(measure.rank(b))
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
        fc.property(fc.array(events, { maxLength: 12 }), fc.nat(12), (some, cut) => {
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
          const [before, other] = [measure.encode(a), measure.encode(b)]
          merge(a, b)
          measure.add(a, event)
          expect([measure.encode(a), measure.encode(b)]).toStrictEqual([before, other])
        }),
      )
    })

    it('is read back as it was written, with one text for one state', () => {
      fc.assert(
        fc.property(states, states, (a, b) => {
          const encoded = encodeState(aggregation, [a])
          expect(encoded).toHaveLength(measure.suffixes.length)
          equal(decodeState(aggregation, encoded)[0], a)
          const same = encoded.every((text, at) => text === encodeState(aggregation, [b])[at])
          expect(same).toBe(JSON.stringify(plain(a)) === JSON.stringify(plain(b)))
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

/** A state with nothing in it that JSON can't write. */
function plain(state: unknown): unknown {
  if (typeof state === 'bigint') return `${state}n`
  if (typeof state !== 'object' || state === null) return state
  return Object.fromEntries(Object.entries(state).map(([name, value]) => [name, plain(value)]))
}
