import { describe, expect, it } from 'vitest'
import { type Purchase, Refused, readPurchase } from './purchase.ts'

const clockMs = Date.UTC(2026, 10, 22, 12)

const good = {
  transactionId: '"t-1"',
  timestamp: '"2026-11-22T10:26:30.123Z"',
  productId: '"85123A"',
  quantity: '6',
  unitPrice: '2.55',
  currency: '"GBP"',
}

function read(changed: Readonly<Record<string, string>>): Purchase | Refused {
  const fields = Object.entries({ ...good, ...changed })
  const text = `{${fields.map(([name, json]) => `${JSON.stringify(name)}: ${json}`).join(', ')}}`
  return readPurchase(Buffer.from(text), clockMs)
}

describe('the oracle reads', () => {
  it('a usual purchase', () => {
    expect(read({})).toEqual({
      transactionId: 't-1',
      timeMs: Date.UTC(2026, 10, 22, 10, 26, 30, 123),
      productId: '85123A',
      quantity: 6n,
      unitPrice: 25_500n,
      currency: 'GBP',
    })
  })

  it.each([
    ['quantity', '"-12"', { quantity: -12n }],
    ['quantity', '1.2e1', { quantity: 12n }],
    ['quantity', '9007199254740991', { quantity: 9_007_199_254_740_991n }],
    ['unitPrice', '-0.0', { unitPrice: 0n }],
    ['unitPrice', '0e999999', { unitPrice: 0n }],
    ['unitPrice', '"2.5000000"', { unitPrice: 25_000n }],
    ['unitPrice', '25e-4', { unitPrice: 25n }],
    ['unitPrice', '900719925474.0991', { unitPrice: 9_007_199_254_740_991n }],
    ['productId', '"\\u0000\\ud83d\\ude00"', { productId: '\0😀' }],
    [
      'timestamp',
      '"2026-11-22T00:00:00.9999+05:45"',
      { timeMs: Date.UTC(2026, 10, 21, 18, 15, 0, 999) },
    ],
    ['timestamp', '"2024-02-29t23:59:59z"', { timeMs: Date.UTC(2024, 1, 29, 23, 59, 59) }],
    ['timestamp', '"2000-01-01T00:00:00Z"', { timeMs: Date.UTC(2000, 0, 1) }],
    ['timestamp', '"2026-11-22T13:00:00Z"', { timeMs: Date.UTC(2026, 10, 22, 13) }],
    ['customerId', 'null', {}],
    ['customerId', '""', {}],
    ['__proto__', '{"quantity": 7}', {}],
  ])('%s %s', (name, json, expected) => {
    expect(read({ [name]: json })).toMatchObject(expected)
  })

  it.each([
    ['transactionId', '""'],
    ['transactionId', `"${'x'.repeat(129)}"`],
    ['transactionId', '1'],
    ['productId', '"\\ud83d"'],
    ['productId', `"${'é'.repeat(129)}"`],
    ['quantity', '1.5'],
    ['quantity', '"+1"'],
    ['quantity', '" 1"'],
    ['quantity', '{"n": "1"}'],
    ['quantity', '9007199254740992'],
    ['quantity', '1e999999999'],
    ['unitPrice', '2.55555'],
    ['unitPrice', '1e-999999999'],
    ['unitPrice', '-0.01'],
    ['unitPrice', '900719925474.0992'],
    ['unitPrice', 'null'],
    ['currency', '"gbp"'],
    ['currency', '"GBP\\n"'],
    ['customerId', '17850'],
    ['timestamp', '"2026-02-29T00:00:00Z"'],
    ['timestamp', '"2026-11-22T10:26:60Z"'],
    ['timestamp', '"2026-11-22 10:26:30Z"'],
    ['timestamp', '"2026-11-22T10:26:30"'],
    ['timestamp', '1795343190'],
    ['timestamp', '"1999-12-31T23:59:59.999Z"'],
    ['timestamp', '"0099-01-01T00:00:00Z"'],
    ['timestamp', '"2026-11-22T13:00:00.001Z"'],
  ])('and refuses %s %s', (field, json) => {
    expect(read({ [field]: json })).toEqual(new Refused(field))
  })

  it.each([
    ['an empty line', ''],
    ['half an object', '{"transactionId":'],
    ['an array', '[]'],
    ['null', 'null'],
    ['a number', '12'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  ])('and refuses %s as a whole', (_name, line) => {
    expect(readPurchase(Buffer.from(line), clockMs)).toEqual(new Refused())
  })

  it('and names the first field at fault, in the order of the definition', () => {
    expect(readPurchase(Buffer.from('{"currency": "pound"}'), clockMs)).toEqual(
      new Refused('transactionId'),
    )
  })
})
