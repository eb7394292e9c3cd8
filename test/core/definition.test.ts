import { describe, expect, expectTypeOf, it } from 'vitest'
import {
  count,
  decimal,
  definePipeline,
  integer,
  max,
  mean,
  min,
  oneOf,
  optional,
  type PipelineEvent,
  string,
  sum,
  times,
  timestamp,
  UnknownTimeZone,
} from '../../lib/core/index.ts'
import { greatest, latest, sketch } from '../support/odd-measures.ts'

const event = {
  id: string({ minBytes: 1 }),
  note: optional(string()),
  at: timestamp(),
  seenAt: optional(timestamp()),
  product: string({ maxBytes: 64 }),
  channel: oneOf('web', 'shop'),
  quantity: integer(),
  price: decimal({ scale: 2 }),
  discount: optional(decimal({ scale: 4 })),
}

const good = {
  timeZone: 'UTC',
  event,
  id: 'id',
  time: 'at',
  aggregations: { sales: { key: ['product'], measures: { events: count() } } },
} as const

/** As a field would be that stores other texts than it is given. */
const lowerCase = (field: typeof event.product) => ({ ...field, parameters: { lowerCase: true } })

/** What a user of JavaScript may write, past the types. */
const defineLoosely = definePipeline as unknown as (definition: object) => unknown

describe('definePipeline', () => {
  it('fills in what is not told', () => {
    expect(definePipeline(good)).toMatchObject({
      version: 1,
      earliestMs: Date.parse('2000-01-01T00:00:00Z'),
      maxAheadMs: 3_600_000,
    })
  })

  it('looks up the scales of keys and measures', () => {
    const [sales] = definePipeline({
      ...good,
      aggregations: {
        sales: {
          key: ['product', 'price', 'channel'],
          measures: {
            events: count(),
            revenue: sum(times('quantity', 'price')),
            meanPrice: mean('price'),
          },
          rankBy: 'revenue',
        },
      },
    }).aggregations
    expect(sales?.keyFields).toEqual([
      { name: 'product', isNumber: false, scale: 0 },
      { name: 'price', isNumber: true, scale: 2 },
      { name: 'channel', isNumber: false, scale: 0 },
    ])
    expect(sales?.attributes).toEqual([
      { name: 'events', type: 'decimal' },
      { name: 'revenue', type: 'decimal' },
      { name: 'meanPrice.sum', type: 'decimal' },
      { name: 'meanPrice.count', type: 'decimal' },
    ])
    expect(sales?.rankBy).toBe(1)
  })

  it.each([
    [{ version: 0 }, 'version must be a whole number from 1 up, not 0'],
    [{ version: 1.5 }, 'version must be a whole number from 1 up, not 1.5'],
    [{ maxAheadMs: -1 }, 'maxAheadMs must not be below 0: -1'],
    [{ maxAheadMs: Number.NaN }, 'maxAheadMs must not be below 0: NaN'],
    [{ earliest: 'long ago' }, 'earliest is not an RFC 3339 date and time'],
    [{ earliest: '2000-01-01T00:00:00' }, 'earliest is not an RFC 3339 date and time'],
    [{ earliest: '2000-02-30T00:00:00Z' }, 'earliest names a day that is not'],
    [{ id: 'nothing' }, 'id names no field of the event: nothing'],
    [{ id: '__proto__' }, 'id names no field of the event: __proto__'],
    [{ id: 'toString' }, 'id names no field of the event: toString'],
    [{ id: 'quantity' }, 'id must be a string field with minBytes of 1 or more: quantity'],
    [{ id: 'note' }, 'id must be a string field with minBytes of 1 or more: note'],
    [{ id: 'product' }, 'id must be a string field with minBytes of 1 or more: product'],
    [{ time: 'nothing' }, 'time names no field of the event: nothing'],
    [{ time: 'product' }, 'time must be a timestamp field that is not optional: product'],
    [{ time: 'seenAt' }, 'time must be a timestamp field that is not optional: seenAt'],
    [{ aggregations: {} }, 'A pipeline needs at least one aggregation'],
  ])('throws a TypeError for %j', (changed, message) => {
    expect(() => defineLoosely({ ...good, ...changed })).toThrow(new TypeError(message))
  })

  it.each<[object, string]>([
    [{ key: [] }, 'sales: key names no field'],
    [{ key: ['nothing'] }, 'sales: key names no field of the event: nothing'],
    [{ key: ['at'] }, 'sales: a timestamp cannot be part of a key: at'],
    [
      { key: ['product', 'product'] },
      'sales: two key fields or measures have one name: product, product, events',
    ],
    [
      { measures: { product: count() } },
      'sales: two key fields or measures have one name: product, product',
    ],
    [{ measures: { n: sum('nothing') } }, 'sales: n names no field of the event: nothing'],
    [{ measures: { n: sum('product') } }, 'sales: n needs a numeric field, and product is string'],
    [{ measures: { n: min('at') } }, 'sales: n needs a numeric field, and at is timestamp'],
    [
      { measures: { n: sum(times('quantity', 'channel')) } },
      'sales: n needs a numeric field, and channel is oneOf',
    ],
    [{ measures: { n: greatest('price') } }, 'sales: n needs a text field, and price is decimal'],
    [
      { measures: { n: greatest('channel') }, rankBy: 'n' },
      'sales: rankBy names a measure of texts: n',
    ],
    [{ rankBy: 'nothing' }, 'sales: rankBy names no measure: nothing'],
    [{ rankBy: 'toString' }, 'sales: rankBy names no measure: toString'],
    ...['1st', 'a.b', 'a b', '', '_a', 'ä', 'a#b'].map((name): [object, string] => [
      { measures: { [name]: count() } },
      `sales: a key field or measure cannot have the name ${name}`,
    ]),
    ...[
      ...['pk', 'sk', 'through', 'expiresAt', 'revision', 'removed', 'updatedAt'],
      ...['aggregation', 'grain', 'period', 'from', 'to', 'status', 'rank'],
    ].map((name): [object, string] => [
      { measures: { [name]: count() } },
      `sales: a key field or measure cannot have the name ${name}`,
    ]),
  ])('throws a TypeError for the aggregation %j', (changed, message) => {
    const sales = { ...good.aggregations.sales, ...changed }
    expect(() => defineLoosely({ ...good, aggregations: { sales } })).toThrow(
      new TypeError(message),
    )
  })

  it.each(['', 'Sales', 'a b', 'a#b', '-a', 'ä', 'a'.repeat(65)])(
    'throws a TypeError for an aggregation named %j',
    (name) => {
      const aggregations = { [name]: good.aggregations.sales }
      expect(() => defineLoosely({ ...good, aggregations })).toThrow(
        new TypeError(`An aggregation's name is lower-case letters, digits and "-": ${name}`),
      )
    },
  )

  it('keeps keys to what a sort key of DynamoDB holds', () => {
    const keyOf = (maxBytes: number) => ({
      ...good,
      event: { ...event, product: string({ maxBytes }) },
      aggregations: { sales: { key: ['product', 'channel'], measures: { events: count() } } },
    })
    // Twice each, and a delimiter each: 2 * 445 + 1 + 2 * 4 + 1 = 900.
    expect(() => defineLoosely(keyOf(445))).not.toThrow()
    expect(() => defineLoosely(keyOf(446))).toThrow(
      new TypeError('sales: a key may take 902 bytes, over 900; lower the maxBytes of its fields'),
    )
  })

  it('throws UnknownTimeZone', () => {
    expect(() => definePipeline({ ...good, timeZone: 'Europe/Lundon' })).toThrow(UnknownTimeZone)
  })
})

describe('the fingerprint of a pipeline', () => {
  const fingerprint = (changed: object) =>
    (defineLoosely({ ...good, ...changed }) as { fingerprint: string }).fingerprint
  const aggregation = (changed: object) =>
    fingerprint({ aggregations: { sales: { ...good.aggregations.sales, ...changed } } })
  const plain = fingerprint({})

  it.each([
    ['limits', { event: { ...event, product: string({ maxBytes: 65 }) } }],
    ['fields that nothing is made of', { event: { ...event, more: string() } }],
    ['how far ahead events may be', { maxAheadMs: 1, earliest: '2010-01-01T00:00:00Z' }],
    ['the time zone, which is a setting of its own', { timeZone: 'Asia/Kathmandu' }],
  ])('stays with other %s', (_what, changed) => {
    expect(fingerprint(changed)).toBe(plain)
  })

  it('changes with whatever a stored state depends on', () => {
    const other = [
      fingerprint({ version: 2 }),
      fingerprint({ id: 'product', event: { ...event, product: string({ minBytes: 1 }) } }),
      fingerprint({ event: { ...event, product: integer() } }),
      fingerprint({ aggregations: { other: good.aggregations.sales } }),
      aggregation({ key: ['product', 'channel'] }),
      aggregation({ key: ['channel'] }),
      aggregation({ measures: { events: count(), more: count() } }),
      aggregation({ measures: { renamed: count() } }),
      aggregation({ measures: { events: sum('quantity') } }),
      aggregation({ measures: { events: sum('price') } }),
      aggregation({ measures: { events: mean('price') } }),
      aggregation({ measures: { events: min('price') } }),
      aggregation({ measures: { events: max('price') } }),
      aggregation({ measures: { events: sum(times('price', 'quantity')) } }),
      aggregation({ measures: { events: sketch('product', 8) } }),
      aggregation({ measures: { events: sketch('product', 16) } }),
      aggregation({ rankBy: 'events' }),
      fingerprint({ event: { ...event, product: lowerCase(event.product) } }),
    ]
    expect(new Set([plain, ...other]).size).toBe(other.length + 1)
  })
})

describe('the types of a pipeline', () => {
  it('are those of its fields', () => {
    const definition = definePipeline(good)
    expectTypeOf<PipelineEvent<typeof definition>>().toEqualTypeOf<{
      readonly id: string
      readonly note: string | undefined
      readonly at: number
      readonly seenAt: number | undefined
      readonly product: string
      readonly channel: 'web' | 'shop'
      readonly quantity: number
      readonly price: number
      readonly discount: number | undefined
    }>()
  })

  it('let measures read fields of the kinds that they take, and no others', () => {
    const { aggregations } = definePipeline({
      ...good,
      aggregations: {
        sales: {
          key: ['product'],
          measures: { last: latest('note'), channels: greatest('channel'), kinds: sketch('id') },
        },
      },
    })
    expect(aggregations[0]?.attributes).toEqual([
      { name: 'last.at', type: 'decimal' },
      { name: 'last.id', type: 'text' },
      { name: 'last', type: 'text' },
      { name: 'channels', type: 'text' },
      { name: 'kinds', type: 'bytes' },
    ])
  })

  it('let optional numbers into measures, and optional texts into keys', () => {
    const { aggregations } = definePipeline({
      ...good,
      aggregations: { sales: { key: ['note'], measures: { lost: sum('discount') } } },
    })
    expect(aggregations[0]?.attributes).toEqual([{ name: 'lost', type: 'decimal' }])
  })

  it.each([
    () =>
      // @ts-expect-error: the event has no such field to be its id.
      definePipeline({ ...good, id: 'nothing' }),
    () =>
      // @ts-expect-error: a number is no id.
      definePipeline({ ...good, id: 'quantity' }),
    () =>
      // @ts-expect-error: an id may not be missing.
      definePipeline({ ...good, id: 'note' }),
    () =>
      // @ts-expect-error: a text is no time.
      definePipeline({ ...good, time: 'product' }),
    () =>
      // @ts-expect-error: the time may not be missing.
      definePipeline({ ...good, time: 'seenAt' }),
    () =>
      definePipeline({
        ...good,
        // @ts-expect-error: the event has no such field to be a key.
        aggregations: { sales: { key: ['nothing'], measures: { events: count() } } },
      }),
    () =>
      definePipeline({
        ...good,
        // @ts-expect-error: a timestamp is no key.
        aggregations: { sales: { key: ['at'], measures: { events: count() } } },
      }),
    () =>
      definePipeline({
        ...good,
        // @ts-expect-error: a key has one field at least.
        aggregations: { sales: { key: [], measures: { events: count() } } },
      }),
    () =>
      definePipeline({
        ...good,
        // @ts-expect-error: the event has no such field to add up.
        aggregations: { sales: { key: ['product'], measures: { total: sum('nothing') } } },
      }),
    () =>
      definePipeline({
        ...good,
        // @ts-expect-error: a text does not add up.
        aggregations: { sales: { key: ['product'], measures: { total: sum('channel') } } },
      }),
    () =>
      definePipeline({
        ...good,
        // @ts-expect-error: a timestamp is no factor.
        aggregations: { sales: { key: ['product'], measures: { t: sum(times('price', 'at')) } } },
      }),
    () =>
      definePipeline({
        ...good,
        // @ts-expect-error: a number is no text.
        aggregations: { sales: { key: ['product'], measures: { t: greatest('price') } } },
      }),
    () =>
      definePipeline({
        ...good,
        aggregations: {
          // @ts-expect-error: it has no such measure to rank by.
          sales: { key: ['product'], measures: { events: count() }, rankBy: 'revenue' },
        },
      }),
  ])('refuse what the checks refuse: %#', (define) => {
    expect(define).toThrow(TypeError)
  })
})
