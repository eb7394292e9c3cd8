import { describe, expect, it } from 'vitest'
import {
  acceptanceOf,
  count,
  type Definition,
  decimal,
  definePipeline,
  type FieldsOf,
  integer,
  oneOf,
  optional,
  string,
  timestamp,
} from '../../lib/core/index.ts'

const event = {
  id: string({ minBytes: 1, maxBytes: 32 }),
  at: timestamp(),
  currency: string({ maxBytes: 3, pattern: /^[A-Z]+$/ }),
  channel: oneOf('web', 'shop'),
  quantity: integer({ min: 1 }),
  price: optional(decimal({ scale: 2, min: -0.5, max: 10 })),
}

/** Past the types, which don't know of changes. */
const defineLoosely = definePipeline as unknown as (definition: object) => Definition

interface Changed {
  readonly event?: FieldsOf
  readonly [member: string]: unknown
}

function acceptance({ event: fields = {}, ...changed }: Changed = {}): string {
  const definition = {
    timeZone: 'UTC',
    event: { ...event, ...fields },
    id: 'id',
    time: 'at',
    aggregations: { sales: { key: ['channel'], measures: { events: count() } } },
    ...changed,
  }
  return acceptanceOf(defineLoosely(definition))
}

describe('what a pipeline takes', () => {
  it('is told as a readable text', () => {
    expect(JSON.parse(acceptance())).toEqual([
      'id',
      'at',
      '2000-01-01T00:00:00.000Z',
      ['at', 'required timestamp 0, 1 to 32 bytes, rfc3339'],
      ['channel', 'required oneOf 0, 0 to 4 bytes, ["shop","web"]'],
      ['currency', 'required string 0, 0 to 3 bytes, /^[A-Z]+$/'],
      ['id', 'required string 0, 1 to 32 bytes, any text'],
      ['price', 'optional decimal 2, 1 to 18 bytes, -0.5 to 10'],
      ['quantity', 'required integer 0, 1 to 18 bytes, 1 to 9007199254740991'],
    ])
  })

  const fieldsChanged: readonly FieldsOf[] = [
    { more: optional(string()) },
    { at: timestamp({ format: 'epochSeconds' }) },
    { at: timestamp({ format: 'epochMilliseconds' }) },
    { id: string({ minBytes: 2, maxBytes: 32 }) },
    { id: string({ minBytes: 1, maxBytes: 33 }) },
    { currency: string({ maxBytes: 3 }) },
    { currency: string({ maxBytes: 3, pattern: /^[A-Z]+$/i }) },
    { currency: string({ maxBytes: 3, pattern: /^[A-Z]*$/ }) },
    { currency: oneOf('EUR', 'GBP') },
    { channel: oneOf('web', 'shop', 'post') },
    { channel: oneOf('web', 'phone') },
    { channel: oneOf('web,shop') },
    { quantity: integer() },
    { quantity: integer({ min: 1, max: 5 }) },
    { quantity: optional(integer({ min: 1 })) },
    { quantity: decimal({ scale: 0, min: 1 }) },
    { price: optional(decimal({ scale: 3, min: -0.5, max: 10 })) },
    { price: optional(decimal({ scale: 2, min: -0.51, max: 10 })) },
    { price: decimal({ scale: 2, min: -0.5, max: 10 }) },
    { currency: { ...event.currency, parameters: { lowerCase: true } } },
  ]

  it('differs wherever a definition takes other events', () => {
    const otherwise: readonly Changed[] = [
      ...fieldsChanged.map((fields) => ({ event: fields })),
      { earliest: '2000-01-01T00:00:00.001Z' },
      { event: { other: string({ minBytes: 1 }) }, id: 'other' },
      { event: { other: string({ minBytes: 1 }) } },
      { event: { other: timestamp() }, time: 'other' },
      { event: { other: timestamp() } },
    ]
    const texts = [acceptance(), ...otherwise.map(acceptance)]
    expect(new Set(texts).size).toBe(texts.length)
  })

  it.each<[string, Changed]>([
    ['how far ahead events may be', { maxAheadMs: 1 }],
    ['the time zone', { timeZone: 'Asia/Kathmandu' }],
    ['the version', { version: 2 }],
    ['what is counted', { aggregations: { other: { key: ['id'], measures: { n: count() } } } }],
    ['the order of choices', { event: { channel: oneOf('shop', 'web', 'shop') } }],
    ['how a bound is written', { event: { quantity: integer({ min: 1, max: 2 ** 53 - 1 }) } }],
  ])('is the same whatever %s', (_what, changed) => {
    expect(acceptance(changed)).toBe(acceptance())
  })

  it('is the same in whatever order the fields are', () => {
    const { id, ...others } = event
    const reordered = { ...others, id }
    const definition = { event: reordered, id: 'id', time: 'at', earliestMs: 946_684_800_000 }
    expect(acceptanceOf(definition)).toBe(acceptance())
  })
})
