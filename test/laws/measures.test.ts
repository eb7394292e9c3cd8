import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decimal,
  type EventShape,
  type EventValues,
  integer,
  type MeasureSpec,
  mayBe,
  optional,
  string,
  times,
  timestamp,
} from '../../lib/core/index.ts'
import * as measures from '../../lib/core/measures/index.ts'
import * as oddMeasures from '../support/odd-measures.ts'
import { measureLaws } from './measure-laws.ts'

const event: EventShape = {
  id: 'id',
  time: 'at',
  fields: {
    id: string(),
    at: timestamp(),
    quantity: integer(),
    price: decimal({ scale: 4 }),
    weight: optional(decimal({ scale: 15 })),
    note: optional(string()),
  },
}

const anyOfThem = {
  id: fc.constantFrom('a', 'b', 'c'),
  at: fc.integer({ min: 0, max: 3 }),
  note: fc.constantFrom('unknown', '', 'é', '🧺', '[]', 'null', 'false', '1'),
}

const small = fc.record({
  ...anyOfThem,
  quantity: fc.integer({ min: -20, max: 20 }),
  price: fc.integer({ min: 0, max: 100_000 }),
  weight: fc.integer({ min: -3, max: 3 }),
})

/** Sums of these are no safe integers any more, and products of these have over 38 digits. */
const big = fc.record({
  ...anyOfThem,
  quantity: fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -1, max: 1 })),
  price: fc.oneof(fc.maxSafeInteger(), fc.constant(Number.MAX_SAFE_INTEGER)),
  weight: fc.maxSafeInteger(),
})

const withGaps = fc.record(
  {
    ...anyOfThem,
    quantity: fc.maxSafeInteger(),
    price: fc.maxSafeInteger(),
    weight: fc.maxSafeInteger(),
  },
  { requiredKeys: ['id', 'at', 'quantity', 'price'] },
)

/** Values that some measure might take badly. */
const kindsOfEvents: readonly fc.Arbitrary<EventValues>[] = [small, big, withGaps]

/** What a measure may be given: nothing, a number, a product, or a text. */
const usualArguments: readonly (readonly unknown[])[] = [
  [],
  ['quantity'],
  ['price'],
  ['weight'],
  [times('quantity', 'price')],
  [times('quantity', 'price', 'weight')],
  ['note'],
]

/** Those of measures that take others, by their names. */
const ownArguments: Readonly<Record<string, readonly (readonly unknown[])[]>> = {}

/** Exports of the index that declare no measure. */
const noMeasures = new Set([
  'times',
  ...['decimalCodec', 'textCodec', 'bytesCodec', 'orNone', 'pairCodec', 'sameStored'],
  ...['asNumber', 'asText', 'mapPresent', 'pair'],
])

interface Declared {
  readonly name: string
  readonly spec: MeasureSpec
}

/** Every measure of the index, with every of the arguments that it takes. */
const declared: readonly Declared[] = Object.entries({ ...measures, ...oddMeasures })
  .filter(([name]) => !noMeasures.has(name))
  .flatMap(([name, make]) => {
    const all = ownArguments[name] ?? usualArguments
    return all.map((args) => {
      const spec = (make as (...args: readonly unknown[]) => MeasureSpec)(...args)
      return { name: `${name}(${args.map(told).join(', ')})`, spec }
    })
  })
  .filter(({ spec }) => isTaken(spec))
  // A measure that reads nothing is the same whatever it was given.
  .filter(({ spec }, at, all) => {
    return spec.reads.length > 0 || all.findIndex((other) => other.spec.kind === spec.kind) === at
  })

function told(argument: unknown): string {
  const { fields = [argument] } = argument as { readonly fields?: readonly unknown[] }
  return fields.join(' × ')
}

function isTaken({ reads }: MeasureSpec): boolean {
  return reads.every(({ field, as }) => {
    const named = event.fields[field]
    return named !== undefined && mayBe(named, as)
  })
}

describe('the laws', () => {
  it('are tried on every measure there is', () => {
    const kinds = new Set(declared.map(({ spec }) => spec.kind))
    const names = Object.keys({ ...measures, ...oddMeasures })
    expect([...kinds].sort()).toEqual(names.filter((name) => !noMeasures.has(name)).sort())
  })
})

for (const { name, spec } of declared) {
  measureLaws(name, { measure: spec, event, kindsOfEvents })
}
