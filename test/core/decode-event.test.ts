import { describe, expect, it } from 'vitest'
import {
  count,
  decimal,
  decodeEvent,
  definePipeline,
  integer,
  optional,
  Reject,
  string,
  timestamp,
} from '../../lib/core/index.ts'
import { maxJsonDepth } from '../../lib/core/json.ts'

const definition = definePipeline({
  timeZone: 'UTC',
  event: {
    id: string({ minBytes: 1, maxBytes: 16 }),
    at: timestamp(),
    product: string({ minBytes: 1, maxBytes: 16 }),
    quantity: integer(),
    price: decimal({ scale: 2, min: 0 }),
    customer: optional(string({ maxBytes: 4 })),
  },
  id: 'id',
  time: 'at',
  earliest: '2010-01-01T00:00:00Z',
  maxAheadMs: 60_000,
  aggregations: { counts: { key: ['product'], measures: { events: count() } } },
})

const nowMs = Date.parse('2020-01-01T00:00:00Z')

const good = {
  id: '"t-1"',
  at: '"2019-12-31T23:00:00Z"',
  product: '"85123A"',
  quantity: '6',
  price: '2.55',
}

type Members = Readonly<Record<string, string | undefined>>

/** The good event as JSON, with the texts of some members changed, added, or left out. */
function eventText(changed: Members = {}): string {
  const members: Members = { ...good, ...changed }
  const written = Object.entries(members).flatMap(([name, json]) =>
    json === undefined ? [] : [`${JSON.stringify(name)}:${json}`],
  )
  return `{${written.join(',')}}`
}

const decode = (line: string | Uint8Array, now: number | undefined = nowMs) =>
  decodeEvent(definition, typeof line === 'string' ? Buffer.from(line) : line, now)

function valuesOf(line: string | Uint8Array) {
  const event = decode(line)
  if (event instanceof Reject) throw new Error(`Refused: ${event.message}`)
  return { ...event.values }
}

/** `[reason, field, message]` of a line that must be refused. */
function refusalOf(line: string | Uint8Array, now?: number) {
  const event = decode(line, now)
  if (!(event instanceof Reject)) throw new Error('It was taken')
  return [event.reason, event.field, event.message]
}

describe('an event that is taken', () => {
  it('has its id, its instant and its values, decimals as units', () => {
    const event = decode(eventText({ customer: '"c-1"' }))
    expect(event).toEqual({
      id: 't-1',
      timeMs: Date.parse('2019-12-31T23:00:00Z'),
      values: {
        __proto__: null,
        id: 't-1',
        at: Date.parse('2019-12-31T23:00:00Z'),
        product: '85123A',
        quantity: 6,
        price: 255,
        customer: 'c-1',
      },
    })
  })

  it('may lack an optional field, or have null there', () => {
    expect(valuesOf(eventText())).not.toHaveProperty('customer')
    expect(valuesOf(eventText({ customer: 'null' }))).not.toHaveProperty('customer')
  })

  it('may have fields that are not known, of whatever content', () => {
    const values = valuesOf(
      eventText({ note: '[1e999999999,{"quantity":7}]', __proto__x: '1', constructor: '{}' }),
    )
    expect(values).toEqual(valuesOf(eventText()))
  })

  it('is not touched by a member named __proto__', () => {
    const text = `{"__proto__":{"quantity":9,"customer":"evil"},${eventText().slice(1)}`
    expect(valuesOf(text)).toEqual(valuesOf(eventText()))
    const lacking = `{"__proto__":{"quantity":9},${eventText({ quantity: undefined }).slice(1)}`
    expect(refusalOf(lacking)).toEqual(['missing', 'quantity', 'quantity is missing'])
  })

  it('has the last of a field that is there twice, as JSON.parse does', () => {
    expect(valuesOf(`{"quantity":"x",${eventText().slice(1)}`)).toEqual(valuesOf(eventText()))
    const twice = `${eventText().slice(0, -1)},"quantity":7}`
    expect(valuesOf(twice).quantity).toBe(7)
  })

  it('may begin with a byte order mark and hold white space, line feeds too', () => {
    const text = `\ufeff  ${eventText().replaceAll(',', ' ,\r\n\t')}\n`
    expect(valuesOf(text)).toEqual(valuesOf(eventText()))
  })

  it.each(['__proto__', 'constructor', '\0', '\n', 'a#b', 'a|b', '~', '\u007f', '🧺', '\u2028'])(
    'may name a product %j',
    (product) => {
      expect(valuesOf(eventText({ product: JSON.stringify(product) })).product).toBe(product)
      const escaped = [...Array(product.length).keys()]
        .map((at) => `\\u${product.charCodeAt(at).toString(16).padStart(4, '0')}`)
        .join('')
      expect(valuesOf(eventText({ product: `"${escaped}"` })).product).toBe(product)
    },
  )

  it('may be a megabyte long', () => {
    const note = JSON.stringify('x'.repeat(1_000_000))
    expect(valuesOf(eventText({ note }))).toEqual(valuesOf(eventText()))
  })

  it('may be dated from the earliest instant to maxAheadMs past the clock', () => {
    expect(valuesOf(eventText({ at: '"2010-01-01T00:00:00Z"' })).at).toBe(1262304000000)
    expect(valuesOf(eventText({ at: '"2020-01-01T00:01:00Z"' })).at).toBe(nowMs + 60_000)
  })
})

describe('a line that is refused', () => {
  it.each([
    ['an empty line', ''],
    ['white space', ' \t'],
    ['text', 'transaction 1: 6 of 85123A'],
    ['an event cut short', eventText().slice(0, -1)],
    ['two events', eventText() + eventText()],
    ['single quotes', eventText().replaceAll('"', "'")],
    ['a control character that is not escaped', eventText({ product: '"a\u0001b"' })],
    ['a second byte order mark', `\ufeff\ufeff${eventText()}`],
    ['NaN', eventText({ quantity: 'NaN' })],
    ['a number with a leading zero', eventText({ quantity: '06' })],
    ['a megabyte of x', 'x'.repeat(1_000_000)],
  ])('is not JSON: %s', (_what, line) => {
    expect(refusalOf(line)).toEqual(['not-json', undefined, 'the record is not JSON'])
  })

  it.each([
    ['Latin-1', Buffer.from(eventText({ product: '"café"' }), 'latin1')],
    ['UTF-16', Buffer.from(`\ufeff${eventText()}`, 'utf16le')],
    ['half of a surrogate pair', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['a character cut short', Buffer.from([0x22, 0xf0, 0x9f, 0xa7])],
    ['an overlong form', Buffer.from([0x22, 0xc0, 0x80, 0x22])],
    ['gzip', Buffer.from([0x1f, 0x8b, 0x08, 0x00])],
  ])('is not UTF-8: %s', (_what, line) => {
    expect(refusalOf(line)).toEqual(['not-utf8', undefined, 'the record is not UTF-8'])
  })

  it.each([
    ['null', 'null'],
    ['an array', `[${eventText()}]`],
    ['a string', JSON.stringify(eventText())],
    ['a number', '1.50'],
    ['a boolean', 'true'],
  ])('is %s, not an object', (type, line) => {
    const why = `the record is ${type}, not an object`
    expect(refusalOf(line)).toEqual(['not-an-object', undefined, why])
  })

  it('is nested too deep, wherever in it and however much of the stack is left', () => {
    const deep = '['.repeat(maxJsonDepth) + ']'.repeat(maxJsonDepth)
    const why = ['not-json', undefined, 'the record is nested too deep']
    expect(refusalOf(eventText({ note: deep }))).toEqual(why)
    expect(refusalOf('['.repeat(500_000) + ']'.repeat(500_000))).toEqual(why)
    const shallower = deep.slice(1, -1)
    const deepInTheStack = (frames: number): unknown =>
      frames === 0 ? valuesOf(eventText({ note: shallower })).quantity : deepInTheStack(frames - 1)
    expect(deepInTheStack(5_000)).toBe(6)
  })

  it.each(Object.keys(good))('lacks %s', (field) => {
    const why = ['missing', field, `${field} is missing`]
    expect(refusalOf(eventText({ [field]: undefined }))).toEqual(why)
  })

  it.each([
    ['id', 'null', 'wrong-type', 'id is null, not a string'],
    ['id', '""', 'too-short', 'id is 0 bytes, under 1'],
    ['id', '536365', 'wrong-type', 'id is a number, not a string'],
    ['at', '1577836800', 'wrong-type', 'at is a number, not an RFC 3339 string'],
    ['at', '"yesterday"', 'bad-timestamp', 'at is not an RFC 3339 date and time'],
    ['at', '"2019-02-29T00:00:00Z"', 'bad-timestamp', 'at names a day that is not'],
    [
      'at',
      '"2009-12-31T23:59:59.999Z"',
      'too-early',
      'at is before the earliest allowed, 2010-01-01T00:00:00.000Z',
    ],
    [
      'at',
      '"2020-01-01T00:01:00.001Z"',
      'too-far-ahead',
      'at is more than 60 s ahead of the clock',
    ],
    ['product', '"12345678901234567"', 'too-long', 'product is 17 bytes, over 16'],
    ['product', '"a\\ud800"', 'not-unicode', 'product holds half of a surrogate pair'],
    ['product', '["85123A"]', 'wrong-type', 'product is an array, not a string'],
    ['quantity', 'true', 'wrong-type', 'quantity is a boolean, not a number'],
    ['quantity', '6.5', 'too-many-decimals', 'quantity has more than 0 decimals'],
    ['quantity', '1e999999999', 'out-of-range', 'quantity is too large a number'],
    ['price', '2.555', 'too-many-decimals', 'price has more than 2 decimals'],
    ['price', '-0.01', 'out-of-range', 'price is not within 0 to 90071992547409.91'],
    ['price', '{"pounds":2}', 'wrong-type', 'price is an object, not a number'],
    ['customer', '17850', 'wrong-type', 'customer is a number, not a string'],
    ['customer', '"17850"', 'too-long', 'customer is 5 bytes, over 4'],
  ])('has a bad %s: %s', (field, json, reason, message) => {
    expect(refusalOf(eventText({ [field]: json }))).toEqual([reason, field, message])
  })

  it('names the first field at fault in the order of the definition, whatever the order in it', () => {
    expect(refusalOf('{"price":-1,"quantity":"x","at":"x","id":"t-1"}')).toEqual([
      'bad-timestamp',
      'at',
      'at is not an RFC 3339 date and time',
    ])
  })

  it('with a product of a megabyte is refused for that', () => {
    const product = JSON.stringify('x'.repeat(1_000_000))
    const why = ['too-long', 'product', 'product is 1000000 bytes, over 16']
    expect(refusalOf(eventText({ product }))).toEqual(why)
  })
})

describe('a field with the name of something that every object has', () => {
  const odd = definePipeline({
    timeZone: 'UTC',
    event: { ...definition.event, toString: optional(string()), valueOf: string() },
    id: 'id',
    time: 'at',
    aggregations: { counts: { key: ['product'], measures: { events: count() } } },
  })

  it('is absent where it is not in the event itself', () => {
    const lacking = decodeEvent(odd, Buffer.from(eventText()))
    expect(lacking).toMatchObject({ reason: 'missing', field: 'valueOf' })
    const event = decodeEvent(odd, Buffer.from(eventText({ valueOf: '"v"' })))
    if (event instanceof Reject) throw new Error(event.message)
    expect(Object.keys(event.values)).not.toContain('toString')
    expect(event.values.valueOf).toBe('v')
  })
})

describe('an event that is read again', () => {
  const ahead = eventText({ at: '"2100-01-01T00:00:00Z"' })

  it('is not held to a clock that went by', () => {
    expect(refusalOf(ahead)[0]).toBe('too-far-ahead')
    expect(decodeEvent(definition, Buffer.from(ahead))).toMatchObject({ id: 't-1' })
  })

  it('is still held to the earliest instant', () => {
    const early = Buffer.from(eventText({ at: '"2009-12-31T23:59:59Z"' }))
    expect(decodeEvent(definition, early)).toMatchObject({ reason: 'too-early', field: 'at' })
  })
})
