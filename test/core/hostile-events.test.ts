import { describe, expect, it } from 'vitest'
import {
  type Aggregation,
  createCalendar,
  decodeEvent,
  decodeKey,
  grains,
  keyOf,
  Reject,
  timestamp,
} from '../../lib/core/index.ts'
import definition from '../../pipeline.config.ts'
import { Refused, readPurchase } from '../oracle/purchase.ts'

const nowMs = Date.parse('2026-11-25T12:00:00Z')
const [byProduct] = definition.aggregations as [Aggregation]

const goodFields: Readonly<Record<string, string>> = {
  transactionId: '"t-1"',
  timestamp: '"2026-11-25T10:26:00Z"',
  productId: '"mug"',
  quantity: '2',
  unitPrice: '9.95',
  currency: '"EUR"',
}

/** A purchase with the JSON texts of some fields put in place of good ones. */
function purchaseWith(changed: Readonly<Record<string, string>>, more = ''): string {
  const members = Object.entries({ ...goodFields, ...changed })
  return `{${members.map(([name, json]) => `"${name}":${json}`).join(',')}${more}}`
}

/** What becomes of an event: its values, or the field at fault and the reason. */
function outcomeOf(bytes: Uint8Array | string): object {
  const event = decodeEvent(definition, Buffer.from(bytes as string), nowMs)
  if (event instanceof Reject) return { field: event.field, reason: event.reason }
  return { ...event.values }
}

function accepted(changed: Readonly<Record<string, unknown>> = {}): object {
  return {
    transactionId: 't-1',
    timestamp: Date.parse('2026-11-25T10:26:00Z'),
    productId: 'mug',
    quantity: 2,
    unitPrice: 99500,
    currency: 'EUR',
    ...changed,
  }
}

const refused = (reason: string, field?: string) => ({ field, reason })

describe('hostile numbers', () => {
  it.each<[json: string, units: number]>([
    ['-0', 0],
    ['-0.0000', 0],
    ['0e999999999', 0],
    ['1E+2', 1_000_000],
    ['1e-4', 1],
    ['10000e-8', 1],
    [`1.${'0'.repeat(100_000)}`, 10_000],
    [`"${'1'.padEnd(100_000, '0')}e-99999"`, 10_000],
    ['900719925474.0991', 9007199254740991],
  ])('%j are what they say: %#', (json, unitPrice) => {
    expect(outcomeOf(purchaseWith({ unitPrice: json }))).toEqual(accepted({ unitPrice }))
  })

  it.each<[json: string, reason: string]>([
    ['1e999999999', 'out-of-range'],
    ['-1e999999999', 'out-of-range'],
    ['1e-999999999', 'too-many-decimals'],
    [`1e${'9'.repeat(100_000)}`, 'out-of-range'],
    ['9'.repeat(100_000), 'out-of-range'],
    [`0.${'3'.repeat(100_000)}`, 'too-many-decimals'],
    [`0.${'0'.repeat(100_000)}1`, 'too-many-decimals'],
    ['900719925474.0992', 'out-of-range'],
    ['-0.0001', 'out-of-range'],
    ['"١٢"', 'wrong-type'],
    ['"1_000"', 'wrong-type'],
    ['"Infinity"', 'wrong-type'],
    ['"0x10"', 'wrong-type'],
    ['""', 'wrong-type'],
    ['" 1"', 'wrong-type'],
  ])('%j are refused: %#', (json, reason) => {
    expect(outcomeOf(purchaseWith({ unitPrice: json }))).toEqual(refused(reason, 'unitPrice'))
  })

  it.each(['NaN', 'Infinity', '01', '+1', '.5', '1.', '0x10', '1n', '--1'])(
    '%s, which JSON does not know, makes the record none',
    (json) => {
      expect(outcomeOf(purchaseWith({ unitPrice: json }))).toEqual(refused('not-json'))
    },
  )
})

describe('hostile texts', () => {
  it.each(['"\\ud800"', '"\\udc00"', '"a\\ud800b"', '"\\udc00\\ud800"', '"\\ud83d\\ud83d\\ude00"'])(
    'with half of a surrogate pair are refused where they count: %s',
    (json) => {
      expect(outcomeOf(purchaseWith({ productId: json }))).toEqual(
        refused('not-unicode', 'productId'),
      )
      expect(outcomeOf(purchaseWith({ transactionId: json }))).toEqual(
        refused('not-unicode', 'transactionId'),
      )
      // In fields and names that nobody reads they do no harm.
      expect(outcomeOf(purchaseWith({}, `,"note":${json},${json}:1`))).toEqual(accepted())
    },
  )

  it('with an escaped pair are the character that it is', () => {
    const escaped = outcomeOf(purchaseWith({ productId: '"\\ud83d\\ude00"' }))
    expect(escaped).toEqual(outcomeOf(purchaseWith({ productId: '"😀"' })))
  })

  it.each([
    [Uint8Array.of(0xed, 0xa0, 0x80), 'a surrogate'],
    [Uint8Array.of(0xc0, 0x80), 'a NUL in two bytes'],
    [Uint8Array.of(0xf5, 0x80, 0x80, 0x80), 'a character beyond Unicode'],
    [Uint8Array.of(0xff), 'a byte of no character'],
    [Uint8Array.of(0xe2, 0x82), 'a character cut short'],
  ])('in bytes that are no UTF-8 make the record none: %j, %s', (bytes) => {
    const [before = '', behind = ''] = purchaseWith({ productId: '"@"' }).split('@')
    const record = Buffer.concat([Buffer.from(before), bytes, Buffer.from(behind)])
    expect(outcomeOf(record)).toEqual(refused('not-utf8'))
  })

  it('of all lengths count by their bytes', () => {
    for (const [text, fits] of [
      ['x'.repeat(256), true],
      ['x'.repeat(257), false],
      ['😀'.repeat(64), true],
      [`😀${'x'.repeat(253)}`, false],
      ['e\u0301'.repeat(85), true],
      ['e\u0301'.repeat(86), false],
    ] as const) {
      const outcome = outcomeOf(purchaseWith({ productId: JSON.stringify(text) }))
      expect(outcome).toEqual(
        fits ? accepted({ productId: text }) : refused('too-long', 'productId'),
      )
    }
  })

  it('that Unicode takes for the same are others: what a producer sent is what counts', () => {
    const spellings = ['é', 'e\u0301', 'É', 'ｅ\u0301', 'é ', 'é\u200b', '\ufeffé']
    const events = spellings.map((text) =>
      decodeEvent(
        definition,
        Buffer.from(
          purchaseWith({ transactionId: JSON.stringify(text), productId: JSON.stringify(text) }),
        ),
        nowMs,
      ),
    )
    const ids = events.map((event) => (event instanceof Reject ? event : event.id))
    expect(ids).toEqual(spellings)
    const keys = events.map((event) =>
      event instanceof Reject ? event : keyOf(byProduct, event.values),
    )
    expect(new Set(keys).size).toBe(spellings.length)
  })
})

describe('hostile keys', () => {
  const texts = [
    '#',
    '|',
    '~',
    '$',
    '/',
    '\\',
    '~-',
    '~p',
    '~h',
    '~~',
    '~@',
    'a|EUR',
    'a~pEUR',
    'mug|EUR#2026-11-25T10:26#shardId-000000000000',
    '2026-11-25T10:26',
    'history',
    'redriven-0-shardId-000000000000',
    'shardId-000000000000',
    'day#2026-11-25',
    '../../rejected/x',
    '__proto__',
    'constructor',
    'toString',
    '\u0000',
    '\u0001\u001f\u007f',
    '\n',
    '\r\n',
    '\u2028',
    '\ufeff',
    '\uffff',
    '\u{10ffff}',
    '👩‍👩‍👧‍👦',
    '\u202e',
    ' ',
    '#'.repeat(256),
    '~'.repeat(256),
    '\u0000'.repeat(256),
  ]

  it.each(texts)('are taken, and read again as they were: %j', (productId) => {
    const outcome = decodeEvent(
      definition,
      Buffer.from(purchaseWith({ productId: JSON.stringify(productId) })),
      nowMs,
    )
    if (outcome instanceof Reject) throw new Error(outcome.message)
    const key = keyOf(byProduct, outcome.values)
    expect(decodeKey(key)).toEqual([productId, 'EUR'])
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these may not stand in a key.
    expect(key).not.toMatch(/[#\u0000-\u001f\u007f]/)
    expect(Buffer.byteLength(key)).toBeLessThanOrEqual(900)
  })

  it('never collide', () => {
    const keys = texts.flatMap((productId) =>
      texts.map((currency) => keyOf(byProduct, { productId, currency })),
    )
    expect(new Set(keys).size).toBe(texts.length ** 2)
  })
})

describe('hostile objects', () => {
  it.each([
    ['the last of a name counts', purchaseWith({}, ',"quantity":3'), accepted({ quantity: 3 })],
    ['also if it is bad', purchaseWith({}, ',"quantity":"x"'), refused('wrong-type', 'quantity')],
    [
      'also if it is nothing',
      purchaseWith({}, ',"currency":null'),
      refused('wrong-type', 'currency'),
    ],
    [
      'also if the name is escaped',
      purchaseWith({}, ',"\\u0071uantity":4'),
      accepted({ quantity: 4 }),
    ],
    [
      'a number after an object',
      purchaseWith({ quantity: '{"a":1}' }, ',"quantity":5'),
      accepted({ quantity: 5 }),
    ],
    [
      'an object after a number',
      purchaseWith({}, ',"quantity":[2]'),
      refused('wrong-type', 'quantity'),
    ],
    [
      '__proto__ is a name like any',
      purchaseWith({}, ',"__proto__":{"customerId":"x"}'),
      accepted(),
    ],
    [
      'and so are others',
      purchaseWith({}, ',"constructor":1,"toString":2,"hasOwnProperty":3'),
      accepted(),
    ],
    [
      'a field by inheritance is none',
      '{"__proto__":{"transactionId":"t"}}',
      refused('missing', 'transactionId'),
    ],
    ['an empty name', purchaseWith({}, ',"":1'), accepted()],
    ['two records', `${purchaseWith({})}${purchaseWith({})}`, refused('not-json')],
    ['a comma behind', purchaseWith({}, ','), refused('not-json')],
    ['a comment', `${purchaseWith({})}//`, refused('not-json')],
  ] as const)('%s', (_what, text, outcome) => {
    expect(outcomeOf(text)).toEqual(outcome)
  })
})

describe('hostile beginnings', () => {
  const text = purchaseWith({})

  it.each([
    ['a byte order mark', `\ufeff${text}`, accepted()],
    ['two of them', `\ufeff\ufeff${text}`, refused('not-json')],
    ['one in the middle', text.replace(',', ',\ufeff'), refused('not-json')],
    ['one behind', `${text}\ufeff`, refused('not-json')],
    ['one alone', '\ufeff', refused('not-json')],
    [
      'one in a text',
      purchaseWith({ productId: '"\ufeffmug"' }),
      accepted({ productId: '\ufeffmug' }),
    ],
    ['UTF-16', Buffer.from(text, 'utf16le'), refused('not-json')],
    ['UTF-16 with its mark', Buffer.from(`\ufeff${text}`, 'utf16le'), refused('not-utf8')],
    ['a NUL before', `\0${text}`, refused('not-json')],
    ['a NUL behind', `${text}\0`, refused('not-json')],
    ['a NUL in a text', purchaseWith({ productId: '"a\0b"' }), refused('not-json')],
    ['white space that JSON does not know', `\u00a0${text}`, refused('not-json')],
    ['white space that JSON knows', ` \t\r\n${text}\r\n`, accepted()],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0]), refused('not-utf8')],
    ['nothing', '', refused('not-json')],
  ] as const)('%s', (_what, bytes, outcome) => {
    expect(outcomeOf(bytes)).toEqual(outcome)
  })
})

describe('hostile dates', () => {
  it.each<[text: string, outcome: object | string]>([
    ['2000-01-01T00:00:00Z', '2000-01-01T00:00:00.000Z'],
    ['1999-12-31T23:59:59.999Z', refused('too-early', 'timestamp')],
    ['2000-01-01T00:00:00+00:01', refused('too-early', 'timestamp')],
    ['1999-12-31T00:01:00-23:59', '2000-01-01T00:00:00.000Z'],
    ['2026-11-25T13:00:00Z', '2026-11-25T13:00:00.000Z'],
    ['2026-11-25T13:00:00.001Z', refused('too-far-ahead', 'timestamp')],
    ['2026-11-25T13:00:00.0009Z', '2026-11-25T13:00:00.000Z'],
    [`2026-11-25T10:26:00.${'9'.repeat(100_000)}Z`, '2026-11-25T10:26:00.999Z'],
    ['9999-12-31T23:59:59.999Z', refused('bad-timestamp', 'timestamp')],
    ['0000-01-01T00:00:00Z', refused('bad-timestamp', 'timestamp')],
    ['2026-11-25T10:26:60Z', refused('bad-timestamp', 'timestamp')],
    ['2026-11-25T24:00:00Z', refused('bad-timestamp', 'timestamp')],
    ['２026-11-25T10:26:00Z', refused('bad-timestamp', 'timestamp')],
    ['2026-11-25T10:26:00Z\\u0000', refused('bad-timestamp', 'timestamp')],
  ])('%j: %#', (text, outcome) => {
    const found = outcomeOf(purchaseWith({ timestamp: `"${text}"` }))
    const expected =
      typeof outcome === 'string' ? accepted({ timestamp: Date.parse(outcome) }) : outcome
    expect(found).toEqual(expected)
  })
})

describe('the first and the last instant that a timestamp may be', () => {
  const field = timestamp()
  const instants = ['0001-01-01T00:00:00Z', '9998-12-31T23:59:59.999Z'].map((text) => {
    return Number(field.decode(text))
  })

  it.each(['Pacific/Apia', 'Pacific/Pago_Pago', 'Pacific/Kiritimati', 'America/New_York', 'UTC'])(
    'lie in windows whose names are found again, in %s',
    (zone) => {
      const calendar = createCalendar(zone)
      for (const instantMs of instants) {
        for (const grain of grains) {
          const window = calendar.windowAt(grain, instantMs)
          expect(calendar.windowNamed(grain, window.name)).toEqual(window)
          expect(new Date(window.toMs).toISOString()).toMatch(/^\d{4}-/)
        }
      }
    },
  )
})

describe('a record of a megabyte', () => {
  const mebibyte = 1024 * 1024
  const filled = (piece: string) => piece.repeat(Math.ceil(mebibyte / piece.length))

  // Time that grows with the square of the length would be hours here, and the test would time out.
  it.each([
    ['opening brackets', filled('['), refused('not-json')],
    ['opening objects', filled('{"a":'), refused('not-json')],
    ['brackets in a field', purchaseWith({}, `,"more":${filled('[')}`), refused('not-json')],
    [
      'well-formed depth',
      purchaseWith({}, `,"more":${'['.repeat(mebibyte / 2)}${']'.repeat(mebibyte / 2)}`),
      refused('not-json'),
    ],
    ['brackets side by side', purchaseWith({}, `,"more":[[]${filled(',[]')}]`), accepted()],
    [
      'a million digits',
      purchaseWith({ quantity: filled('9') }),
      refused('out-of-range', 'quantity'),
    ],
    ['a million zeros', purchaseWith({ quantity: `2.${filled('0')}` }), accepted()],
    [
      'zeros that end with another digit',
      purchaseWith({ quantity: `2.${filled('0')}1` }),
      refused('too-many-decimals', 'quantity'),
    ],
    [
      'a million digits of an exponent',
      purchaseWith({ quantity: `0e${filled('9')}` }),
      accepted({ quantity: 0 }),
    ],
    [
      'a number as text',
      purchaseWith({ quantity: `"${filled('1')}x"` }),
      refused('wrong-type', 'quantity'),
    ],
    [
      'a million decimals of a second',
      purchaseWith({ timestamp: `"2026-11-25T10:26:00.${filled('0')}Z"` }),
      accepted(),
    ],
    [
      'a second that never ends',
      purchaseWith({ timestamp: `"2026-11-25T10:26:00.${filled('0')}"` }),
      refused('bad-timestamp', 'timestamp'),
    ],
    ['a name twice, again and again', purchaseWith({}, filled(',"quantity":2')), accepted()],
    [
      'names that are numbers',
      purchaseWith({}, [...Array(90_000).keys()].map((n) => `,"${n}":0`).join('')),
      accepted(),
    ],
    [
      'a long text',
      purchaseWith({ productId: `"${filled('x')}"` }),
      refused('too-long', 'productId'),
    ],
    [
      'a long text of escapes',
      purchaseWith({ productId: `"${filled('\\u0000')}"` }),
      refused('too-long', 'productId'),
    ],
    [
      'a long text for a pattern',
      purchaseWith({ currency: `"${filled('A')}"` }),
      refused('too-long', 'currency'),
    ],
    ['backslashes', purchaseWith({}, `,"more":"${filled('\\\\')}"`), accepted()],
    ['an unended text', purchaseWith({}, `,"more":"${filled('\\"')}`), refused('not-json')],
    ['white space', `${filled(' ')}${purchaseWith({})}`, accepted()],
  ] as const)('of %s takes no more time than its length', (_what, text, outcome) => {
    expect(outcomeOf(text)).toEqual(outcome)
  })

  it('of a good event is the same to the oracle', () => {
    const bytes = Buffer.from(purchaseWith({}, `,"more":"${filled('é')}"`))
    expect(readPurchase(bytes, nowMs)).not.toBeInstanceOf(Refused)
    expect(outcomeOf(bytes)).toEqual(accepted())
  })
})
