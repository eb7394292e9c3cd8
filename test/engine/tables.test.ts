import { describe, it } from 'vitest'
import { compareLines } from './compare-lines.ts'
import type { DefinitionPlan } from './definition-plan.ts'
import {
  choice,
  decimals,
  epochMilliseconds,
  epochSeconds,
  planOf,
  rfc3339,
  text,
  whole,
} from './plan-definition.ts'

const measures = [
  { kind: 'sum', fields: ['n'] },
  { kind: 'min', fields: ['d'] },
] as const
const plan = planOf(
  {
    id: text(1, 64),
    at: rfc3339,
    k: text(0, 64),
    'c?': choice('EUR', ''),
    'n?': whole(),
    'd?': decimals(2),
  },
  [{ key: ['k', 'c'], measures }],
)

const base = Buffer.from(
  '{"id":"abcdefghijklmnopqrst","at":"2026-11-28T10:58:30.123Z","k":"mug of é, €, 😀!","n":12345,' +
    '"d":-12.50,"c":"EUR","more":{"x":["a text that is passed over",true,null,1e5,"\\u00e9\\n"]} }',
)

/** Bytes that mean something to JSON, to numbers, to times or to UTF-8. */
const telling = Buffer.concat([
  Buffer.from('\0\u0001\t\n\r\u001f "\\,:{}[]-+.01eEuTZnt/\'a\u007f'),
  Uint8Array.of(0x80, 0xbf, 0xc0, 0xc2, 0xe0, 0xe2, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff),
])

const every = (bytes: number) => [...Array(bytes).keys()]

describe('engine and reference make the same', () => {
  it('of every byte in the place of every other', () => {
    for (const at of base.keys()) {
      const lines = every(256).map((byte) => {
        const line = Buffer.from(base)
        line[at] = byte
        return line
      })
      compareLines(plan, lines, { gap: at % 16 })
    }
  })

  it('of bytes that mean something put between any two', () => {
    for (const at of every(base.length + 1)) {
      const lines = [...telling].map((byte) => {
        return Buffer.concat([base.subarray(0, at), Uint8Array.of(byte), base.subarray(at)])
      })
      compareLines(plan, lines)
    }
  })

  it('of a line that ends anywhere, or begins there', () => {
    const places = every(base.length + 1)
    compareLines(
      plan,
      places.map((at) => base.subarray(0, at)),
    )
    compareLines(
      plan,
      places.map((at) => base.subarray(at)),
    )
    compareLines(
      plan,
      places.map((at) => base.subarray(0, at).toString().concat('"}')),
    )
  })

  it.each([0, 1, 6, 13])(
    'of what ends or breaks a text at any of its places, behind a gap of %i',
    (gap) => {
      const wellFormed = [
        ...[
          '"',
          '\\',
          '\\"',
          '\\\\',
          '\\n',
          '\\u0041',
          '\\ud83d\\ude00',
          '\\ud800',
          '\\x',
          '\\u004',
        ],
        ...['\u0000', '\u0001', '\u001f', '\t', '\n', '\u007f', '\u0080', 'é', '€', '😀', '\uffff'],
      ].map((piece) => Buffer.from(piece))
      const broken = [
        [0x80],
        [0xc3],
        [0xc0, 0x80],
        [0xed, 0xa0, 0x80],
        [0xf0, 0x9f],
        [0xf4, 0x90, 0x80, 0x80],
        [0xff],
      ]
      const pieces = [...wellFormed, ...broken.map((bytes) => Buffer.from(bytes))]
      const lines = every(41).flatMap((at) =>
        pieces.flatMap((piece) => {
          const filled = Buffer.concat([Buffer.alloc(at, 'a'), piece, Buffer.alloc(40 - at, 'b')])
          return textsAround(filled)
        }),
      )
      compareLines(plan, lines, { gap })
    },
  )

  it('of texts of any length, of characters of one to four bytes', () => {
    const lines = ['a', 'é', '€', '😀'].flatMap((character) =>
      every(70).flatMap((length) => textsAround(Buffer.from(character.repeat(length)))),
    )
    compareLines(plan, lines)
  })
})

/** An event with a text as a key, as its id, as the text and the name of a member passed over. */
function textsAround(filled: Buffer): Buffer[] {
  const [at, k] = ['"at":"2026-11-28T10:58:30Z"', '"k":"k"']
  return [
    [`{"id":"i",${at},"k":"`, '"}'],
    [`{${at},${k},"id":"`, '"}'],
    [`{"id":"i",${at},${k},"more":"`, '"}'],
    [`{"id":"i",${at},"`, `":1,${k}}`],
  ].map(([before = '', behind = '']) =>
    Buffer.concat([Buffer.from(before), filled, Buffer.from(behind)]),
  )
}

describe('numbers: engine and reference make the same', () => {
  const signs = ['', '-', '+']
  const wholes = [
    '',
    '0',
    '00',
    '7',
    '01',
    '42',
    '9007199254740991',
    '9007199254740992',
    '12345678901234567890',
  ]
  const fractions = ['', '.', '.0', '.5', '.50', '.123456', '.000000000000001', '.1234567890123456']
  const exponents = ['', 'e', 'e0', 'E+1', 'e-1', 'e+', 'e-2', 'E15', 'e400']
  const forms = signs.flatMap((sign) =>
    wholes.flatMap((one) =>
      fractions.flatMap((part) => exponents.map((power) => sign + one + part + power)),
    ),
  )
  const wide = planOf(
    { id: text(1, 9), at: rfc3339, n: whole(), 'd?': decimals(2), 'e?': decimals(15) },
    [{ key: ['n', 'd'], measures: [...measures, { kind: 'sum', fields: ['n', 'd', 'e'] }] }],
  )
  const event = '"id":"i","at":"2026-11-28T10:58:30Z"'

  it.each(['n', 'd', 'e', 'more'])('of all forms in %s', (name) => {
    const others = name === 'n' ? '' : ',"n":1'
    compareLines(
      wide,
      forms.map((form) => `{${event}${others},"${name}":${form}}`),
    )
    compareLines(
      wide,
      forms.map((form) => `{"${name}":${form} ,${event}${others}}`),
    )
    compareLines(
      wide,
      forms.map((form) => `{${event}${others},"${name}":"${form}"}`),
    )
    compareLines(
      wide,
      forms.map((form) => `{"more":[${form}],${event}${others},"${name}":1}`),
    )
  })

  it.each([epochSeconds, epochMilliseconds])('of all forms of an epoch: $format', (format) => {
    const epoch = planOf({ id: text(1, 9), at: format }, [
      { key: ['id'], measures: [{ kind: 'count', fields: [] }] },
    ])
    const times = [
      '1764327510',
      '1764327510.9999',
      '-1.0001',
      '-0.0001',
      '1764327510000.5',
      '-62135596800',
      '253370764799.9999',
      '253370764800',
    ]
    const lines = [...times, ...forms].flatMap((form) => [
      `{"id":"i","at":${form}}`,
      `{"at":"${form}","id":"i"}`,
    ])
    compareLines(epoch, lines)
    compareLines(epoch, lines, { arrivedMs: 1764327509999 })
  })
})

describe('times: engine and reference make the same', () => {
  const dated = (bounds: Partial<DefinitionPlan> = {}) =>
    planOf(
      { id: text(1, 9), at: rfc3339 },
      [{ key: ['id'], measures: [{ kind: 'count', fields: [] }] }],
      bounds,
    )
  const eventAt = (time: string) => `{"id":"i","at":"${time}"}`

  it.each([
    '2026-11-28T10:58:30Z',
    '2024-02-29T23:59:59.999z',
    '2000-12-31t23:59:59.9999999-00:01',
    '1900-02-28T00:00:00.5+23:59',
    '0001-01-01T00:00:00.000Z',
    '9998-12-31T23:59:59.999+00:00',
  ])('of %s with any of its characters changed', (time) => {
    const others = [...'0123456789-+:.TtZz ', '']
    const lines = [...time].flatMap((_, at) =>
      others.map((other) => eventAt(time.slice(0, at) + other + time.slice(at + 1))),
    )
    compareLines(dated(), lines)
    compareLines(dated({ earliest: '1900-02-27T00:01:00.500Z' }), lines, {
      arrivedMs: Date.parse('2026-11-28T10:58:28Z'),
    })
  })

  it('of every day that there is and is not, forth and back', () => {
    const years = [
      '0000',
      '0001',
      '0004',
      '0100',
      '1900',
      '1970',
      '2000',
      '2023',
      '2024',
      '2100',
      '9998',
      '9999',
    ]
    const two = (value: number) => String(value).padStart(2, '0')
    const days = years.flatMap((year) =>
      every(14).flatMap((month) => every(33).map((day) => `${year}-${two(month)}-${two(day)}`)),
    )
    const lines = days.map((day, at) => eventAt(`${day}T${at % 2 ? '23:59:59.999' : '00:00:00'}Z`))
    compareLines(dated(), lines)
    compareLines(dated(), lines.toReversed())
  })

  it('of fractions of a second at the bounds of time', () => {
    const fractions = [
      '',
      '.',
      '.4',
      '.49',
      '.499',
      '.4999',
      '.5',
      '.50',
      '.500',
      '.5000',
      '.5001',
      '.501',
      '.51',
      '.6',
      '.05',
      '.005',
      '.0005',
      '.999999999999',
    ]
    const at = '2026-11-28T10:58:30'
    const lines = fractions.flatMap((part) => [`${at}${part}Z`, `${at}${part}+00:00`].map(eventAt))
    for (const millisecond of [499, 500, 501, 999]) {
      const bound = `${at}.${millisecond}Z`
      compareLines(dated({ earliest: bound }), lines)
      compareLines(dated({ maxAheadMs: 0 }), lines, { arrivedMs: Date.parse(bound) })
    }
  })
})
