import { describe, expect, expectTypeOf, it } from 'vitest'
import {
  bytes,
  decimal,
  expiryTime,
  flag,
  instant,
  integer,
  keyOf,
  list,
  map,
  recordOf,
  text,
  type ValueIn,
} from '../../lib/store/record.ts'
import type { Item } from '../../lib/store/table.ts'

const key = { pk: 'p', sk: 's' }
const keyed = { pk: { S: 'p' }, sk: { S: 's' } }

const marks = recordOf({
  token: text(),
  markedAtMs: instant('markedAt'),
  times: integer(),
  foldedOpen: flag(),
  heldUntilMs: integer({ otherwise: 0 }),
  expiresAtMs: expiryTime('expiresAt'),
  limits: list(map({ beforeMs: integer(), note: text() })),
  names: list(text()),
  total: decimal(),
  digest: bytes(),
})

const value: ValueIn<typeof marks> = {
  token: 'a',
  markedAtMs: Date.parse('2026-11-22T10:00:00Z'),
  times: 3,
  foldedOpen: true,
  heldUntilMs: 5,
  expiresAtMs: 60_000,
  limits: [{ beforeMs: 7, note: 'x' }],
  names: ['one', 'two'],
  total: '12.50',
  digest: Uint8Array.of(1, 2),
}

const item: Item = {
  ...keyed,
  token: { S: 'a' },
  markedAt: { S: '2026-11-22T10:00:00.000Z' },
  times: { N: '3' },
  foldedOpen: { BOOL: true },
  heldUntilMs: { N: '5' },
  expiresAt: { N: '60' },
  limits: { L: [{ M: { beforeMs: { N: '7' }, note: { S: 'x' } } }] },
  names: { L: [{ S: 'one' }, { S: 'two' }] },
  total: { N: '12.50' },
  digest: { B: Uint8Array.of(1, 2) },
}

describe('a record', () => {
  it('is written as attributes, and read from them', () => {
    expect(marks.item(key, value)).toEqual(item)
    expect(marks.read({ ...item, more: { S: 'passed over' } })).toEqual(value)
    expectTypeOf(marks.read(item).limits).toEqualTypeOf<
      readonly { readonly beforeMs: number; readonly note: string }[]
    >()
  })

  it('leaves out what need not be there, but for lists', () => {
    const spare = recordOf({
      open: flag(),
      untilMs: integer({ otherwise: 0 }),
      form: text({ otherwise: 'plain' }),
      names: list(text()),
    })
    const nothing = { open: false, untilMs: 0, form: 'plain', names: [] }
    expect(spare.item(key, nothing)).toEqual({ ...keyed, names: { L: [] } })
    expect(spare.read(keyed)).toEqual(nothing)
  })

  const broken: [string, Item[string] | undefined, string][] = [
    ['token', undefined, 'text attribute token'],
    ['token', { N: '1' }, 'text attribute token'],
    ['markedAt', undefined, 'text attribute markedAt'],
    ['times', undefined, 'whole number times'],
    ['times', { N: '1.5' }, 'whole number times'],
    ['times', { S: '1' }, 'whole number times'],
    ['foldedOpen', { S: 'true' }, 'yes or no foldedOpen'],
    ['heldUntilMs', { S: '5' }, 'whole number heldUntilMs'],
    ['expiresAt', undefined, 'whole number expiresAt'],
    ['limits', { L: [{ M: { beforeMs: { N: '7' } } }] }, 'list limits'],
    ['limits', { L: [{ S: 'x' }] }, 'list limits'],
    ['names', { S: 'one' }, 'list names'],
    ['total', { BOOL: true }, 'decimal total'],
    ['digest', { S: '12' }, 'bytes digest'],
  ]
  it.each(broken)('is missed loudly where %s is %j', (name, attribute, what) => {
    const { [name]: _, ...without } = item
    const other = attribute === undefined ? without : { ...item, [name]: attribute }
    expect(() => marks.read(other)).toThrow(`The item p s has no ${what}`)
  })

  it('is read one property at a time', () => {
    const damaged = { ...item, times: { S: 'many' } }
    expect(marks.readOne(damaged, 'markedAtMs')).toBe(value.markedAtMs)
    expect(() => marks.readOne(damaged, 'times')).toThrow('The item p s has no whole number times')
    expect(marks.find(damaged, 'times')).toBeUndefined()
    expect(marks.find(damaged, 'expiresAtMs')).toBe(60_000)
  })

  it('makes conditions of its own values', () => {
    const atToken = { attribute: 'token', is: '=', value: { S: 'b' } }
    expect(marks.is('token', 'b')).toEqual(atToken)
    const expiry = { attribute: 'expiresAt', is: '<', value: { N: '61' } }
    expect(marks.below('expiresAtMs', 61_000)).toEqual(expiry)
    expect(() => marks.is('foldedOpen', false)).toThrow('Nothing is stored')
  })
})

describe('a decimal', () => {
  const totals = recordOf({ total: decimal() })
  it.each([
    ['0', 'N'],
    ['-12.5', 'N'],
    ['1'.repeat(38), 'N'],
    [`-0.${'1'.repeat(38)}`, 'N'],
    ['1'.repeat(39), 'S'],
    [`1.${'1'.repeat(38)}`, 'S'],
  ])('keeps %s as %s', (total, type) => {
    const written = totals.item(key, { total })
    expect(Object.keys(written.total ?? {})).toEqual([type])
    expect(totals.read(written)).toEqual({ total })
  })
})

describe('a key', () => {
  it('is read from its item', () => {
    expect(keyOf(item)).toEqual(key)
    const keyless = { pk: { S: 'p' }, sk: { N: '1' } }
    expect(() => keyOf(keyless)).toThrow('The item p undefined has no text attribute sk')
  })
})
