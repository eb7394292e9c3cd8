import { describe, it } from 'vitest'
import { compareLines } from './compare-lines.ts'
import { decimals, epochSeconds, planOf, rfc3339, text, whole } from './plan-definition.ts'

/* As shortcuts.test.ts has it for members, for the values of fields. */

const count = { kind: 'count', fields: [] } as const
const sum = (...fields: readonly string[]) => ({ kind: 'sum', fields }) as const
const every = (length: number) => [...Array(length).keys()]
const head = '"id":"i","at":"2026-11-28T10:58:30Z"'

describe('engine and reference make the same of texts', () => {
  it('of lengths about their bounds', () => {
    const plan = planOf({ id: text(3, 9), at: rfc3339, k: text(2, 17) }, [
      { key: ['k'], measures: [count] },
    ])
    const at = '"at":"2026-11-28T10:58:30Z"'
    compareLines(
      plan,
      every(20).flatMap((length) => [
        `{"id":"${'i'.repeat(length)}",${at},"k":"kk"}`,
        `{"id":"iii",${at},"k":"${'k'.repeat(length)}"}`,
        `{"id":"iii",${at},"k":"${'é'.repeat(length)}"}`,
      ]),
    )
  })

  it('that are nearly those that a field took lately', () => {
    const odd = /^(?:abcdefgh|abcdefghijklmnop)?\d*[13579]$/
    const plan = planOf({ id: text(1, 9), at: rfc3339, k: text(0, 40, odd) }, [
      { key: ['k'], measures: [count] },
    ])
    const begins = ['', 'abcdefgh', 'abcdefghijklmnop']
    const keys = begins.flatMap((begin) => every(1500).map((number) => `${begin}${number}`))
    compareLines(
      plan,
      ['', '', 'b', 'b', '1', '', ...keys].map((key) => `{${head},"k":"${key}"}`),
    )
  })

  it('with escapes of every kind, in any place', () => {
    const plan = planOf({ id: text(1, 64), at: rfc3339, k: text(0, 64) }, [
      { key: ['k', 'id'], measures: [count] },
    ])
    const escapes = [
      ...['\\"', '\\\\', '\\/', '\\b', '\\f', '\\n', '\\r', '\\t', '\\a', '\\u00', '\\uzzzz'],
      ...['0000', '001f', '0041', '007f', '0080', '00e9', '07ff', '0800', '20ac', 'FfFf'].map(
        (code) => `\\u${code}`,
      ),
      ...['d83d\\ude00', 'd800\\udc00', 'dbff\\udfff', 'd83d', 'd83dx', 'd83d\\n', 'de00'].map(
        (code) => `\\u${code}`,
      ),
      ...['d83d\\u0041', 'd83d\\ud83d', 'd83d\\ue000'].map((code) => `\\u${code}`),
    ]
    compareLines(
      plan,
      escapes.flatMap((one) => [
        `{${head},"k":"${one}"}`,
        `{${head},"k":"before${one}"}`,
        `{${head},"k":"éa${one}é and more than sixteen"}`,
        `{"id":"${one}${one}","at":"2026-11-28T10:58:30Z","k":"${one}x"}`,
        `{${head},"k":"${one.repeat(40)}"}`,
      ]),
    )
  })

  it('with control characters, and what is no UTF-8', () => {
    const plan = planOf({ id: text(1, 64), at: rfc3339, k: text(0, 64) }, [
      { key: ['k'], measures: [count] },
    ])
    const controls = every(32).map((byte) => [byte])
    const cut = [
      [0x80],
      [0xc3],
      [0xc3, 0x61],
      [0xe2, 0x82],
      [0xe2, 0x82, 0x61],
      [0xf0, 0x9f, 0x98, 0x61],
    ]
    const overlong = [
      [0xc0, 0x80],
      [0xc1, 0xbf],
      [0xe0, 0x9f, 0xbf],
      [0xf0, 0x8f, 0xbf, 0xbf],
    ]
    const beyond = [[0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xff]]
    const lines = [...controls, ...cut, ...overlong, ...beyond].map((bytes) =>
      Buffer.concat([Buffer.from(`{${head},"k":"a`), Uint8Array.from(bytes), Buffer.from('b"}')]),
    )
    compareLines(plan, lines)
  })

  it('that are escaped, in any way and in none', () => {
    const plan = planOf({ id: text(1, 64), at: rfc3339, k: text(0, 64) }, [
      { key: ['k'], measures: [count] },
    ])
    const escapes = [
      '\\"',
      '\\\\',
      '\\/',
      '\\n',
      '\\u0041',
      '\\u004',
      '\\u004g',
      '\\u00e9',
      '\\x',
      '\\',
    ]
    const texts = escapes.flatMap((one) => [one, `a${one}`, `${one}${one}`, `${one}"`, `a${one}b`])
    compareLines(
      plan,
      texts.flatMap((one) => [`{${head},"k":"${one}"}`, `{${head},"k":"k","more":"${one}"}`]),
    )
  })
})

describe('engine and reference make the same of numbers', () => {
  const plan = planOf(
    {
      id: text(1, 9),
      at: rfc3339,
      'small?': whole(-5, 5),
      'cents?': decimals(2),
      'fine?': decimals(15),
    },
    [{ key: ['id'], measures: [sum('small'), sum('cents'), sum('fine')] }],
  )

  it('about their bounds, and of more digits than count', () => {
    const numbers = [
      '-6',
      '-5',
      '5',
      '6',
      '5.0',
      '5.5',
      '0.125',
      '-0.13',
      '1.10',
      '1.001',
      '01',
      '1.',
    ]
    compareLines(
      plan,
      ['small', 'cents', 'fine'].flatMap((name) =>
        numbers.map((number) => `{${head},"${name}":${number}}`),
      ),
    )
  })

  it('in any form, be they asked for or not', () => {
    const wholes = [
      '',
      '0',
      '-0',
      '7',
      '-7',
      '00',
      '01',
      '-',
      '+1',
      'x',
      ':',
      '12345678901234567890',
    ]
    const ends = ['', '.', '.0', '.5', '.5e', 'e', 'e1', 'e+', 'E-1', 'e400']
    const numbers = wholes.flatMap((one) => ends.map((end) => one + end))
    compareLines(
      plan,
      numbers.flatMap((one) => [`{${head},"fine":${one}}`, `{${head},"more":${one},"fine":1}`]),
    )
  })

  it('that stand in texts, or in what is none', () => {
    const texts = ['"1"', '"1x', '"1', '1"', '"1x"', '" 1"', '"1 "', '""', '"-1.0"']
    compareLines(
      plan,
      texts.flatMap((one) => [`{${head},"small":${one}}`, `{${head},"small":${one},"cents":2}`]),
    )
  })

  it('that come to nothing, or to little, in 64 bits', () => {
    const twos = [48, 49, 50, 52, 55, 59].map((power) => `${2n ** BigInt(power)}`)
    const wide = ['18446744073709551616', '18446744073709551621', '184467440737095516.16']
    compareLines(
      plan,
      ['small', 'cents', 'fine'].flatMap((name) =>
        [...twos, ...wide].map((number) => `{${head},"${name}":${number}}`),
      ),
    )
  })
})

describe('engine and reference make the same of times', () => {
  const counted = [{ key: ['id'], measures: [count] }]

  it('about the bounds of a definition', () => {
    const earliest = '2026-11-28T10:58:30.500Z'
    const bounded = planOf({ id: text(1, 9), at: rfc3339 }, counted, { earliest, maxAheadMs: 1000 })
    const parts = ['30', '30.499', '30.500', '31.499', '31.500', '31.501', '32']
    const times = parts.map((part) => `{"id":"i","at":"2026-11-28T10:58:${part}Z"}`)
    compareLines(bounded, times, { arrivedMs: Date.parse(earliest) })
  })

  it('in seconds, in any form', () => {
    const seconds = [
      '1764327510',
      '1764327510.9999',
      '-1.0001',
      '-0.0001',
      '42.1234567890123456',
      '01',
    ]
    compareLines(
      planOf({ id: text(1, 9), at: epochSeconds }, counted),
      [...seconds, '1764327510.12345678', '1e9'].map((second) => `{"id":"i","at":${second}}`),
    )
  })

  it('that are nearly one', () => {
    const days = [
      '2026-11-28',
      '2026-11-29',
      '2026-10-29',
      '1900-02-29',
      '2000-02-29',
      '2023-04-31',
    ]
    const clocks = [
      'T10:58:30',
      't10:58:30',
      ' 10:58:30',
      'T24:00:00',
      'T10:60:00',
      'T10:58:60',
      'T1;:00:00',
    ]
    const ends = [
      'Z',
      'z',
      '.Z',
      '.5Z',
      '+00:30',
      '-23:59',
      '+24:00',
      '-00:60',
      '+0030',
      '+00 30',
      'Zx',
      '',
    ]
    const times = days.flatMap((day) =>
      clocks.flatMap((clock) => ends.map((end) => day + clock + end)),
    )
    compareLines(
      planOf({ id: text(1, 9), at: rfc3339 }, counted),
      times.flatMap((time) => [`{"id":"i","at":"${time}"}`, `{"id":"i","at":"${time} }`]),
    )
  })

  it('beyond the years that have names', () => {
    const earliest = { earliest: '2000-01-01T00:00:00Z' }
    const seconds = [253_370_764_799, 253_370_764_800, 253_402_300_800, 255_000_000_000]
    compareLines(
      planOf({ id: text(1, 9), at: epochSeconds }, counted, earliest),
      seconds.map((second) => `{"id":"i","at":${second}}`),
    )
    const times = ['9998-12-31T23:59:59Z', '9998-12-31T23:59:59-00:01', '9999-01-01T00:00:00+00:01']
    compareLines(
      planOf({ id: text(1, 9), at: rfc3339 }, counted, earliest),
      [...times, '9999-01-01T00:00:00Z'].map((time) => `{"id":"i","at":"${time}"}`),
    )
  })
})
