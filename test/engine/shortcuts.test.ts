import { describe, it } from 'vitest'
import { Lines } from '../../lib/core/index.ts'
import { compareLines } from './compare-lines.ts'
import { definitionOf } from './definition-plan.ts'
import { batchDecoders } from './implementations.ts'
import { decimals, epochSeconds, planOf, rfc3339, text, whole } from './plan-definition.ts'
import { sameBatches } from './same-batches.ts'

/*
 * Each case is what one shortcut of the engine would get wrong if it left out what it checks
 * (test/mutants), and nothing here is left to chance.
 */

const count = { kind: 'count', fields: [] } as const
const sum = (...fields: readonly string[]) => ({ kind: 'sum', fields }) as const
const every = (length: number) => [...Array(length).keys()]
const head = '"id":"i","at":"2026-11-28T10:58:30Z"'

describe('engine and reference make the same of members', () => {
  const twenty = 'x'.repeat(20)
  const forty = 'x'.repeat(40)
  const names = ['n', 'm', `${twenty}a`, `${twenty}b`, `${forty}a`, `${forty}b`]
  const plan = planOf(
    {
      id: text(1, 9),
      at: rfc3339,
      ...Object.fromEntries(names.map((name) => [`${name}?`, whole()])),
    },
    [{ key: ['id'], measures: names.map((name) => sum(name)) }],
  )

  it.each([
    ['n', 'm'],
    [`${twenty}a`, `${twenty}b`],
    [`${forty}a`, `${forty}b`],
  ])('that change their places: %s and %s', (one, other) => {
    const inTurn = [one, other, other, one, `${one.slice(0, -1)}c`, one]
    compareLines(
      plan,
      inTurn.map((name, at) => `{${head},"${name}":${at + 1},"n_":0}`),
    )
    compareLines(
      plan,
      inTurn.map(
        (name, at) => `{${head} , \t                "${name}" :${' '.repeat(20)}${at + 1}}`,
      ),
    )
  })

  it('whose names are as long as those of fields', () => {
    const fields = { i: text(1, 9), at: rfc3339, 'abc?': whole(), 'abd?': whole() }
    const alike = planOf(fields, [{ key: ['i'], measures: [sum('abc'), sum('abd')] }])
    const event = '"i":"i","at":"2026-11-28T10:58:30Z"'
    compareLines(
      alike,
      ['abc', 'abd', 'abe', 'Abc'].map((name, at) => `{${event},"${name}":${at + 1}}`),
    )
  })

  it('that no comma or another sign stands between', () => {
    compareLines(
      plan,
      [',', ';', '', ' ', ',,', '{'].map((sign) => `{${head}${sign}"n":1${sign}"m":2}`),
    )
  })

  it('that come twice, or are null where others were not', () => {
    const members = ['1', 'null', '2', 'null']
    const twice = members.flatMap((one) => members.map((other) => `"n":${one},"n":${other}`))
    compareLines(
      plan,
      [...twice, '"n":7', '"n":null', '"m":null', '"n":nul', '"n":nulll'].map(
        (more) => `{${head},${more}}`,
      ),
    )
  })

  it('that are nested deeper than there are bits for', () => {
    const nested = (depth: number, close: string) =>
      `{${head},"more":{"a":${'['.repeat(depth)}${']'.repeat(depth)}${close}}`
    const depths = [1, 60, 61, 62, 63, 64, 65, 66, 127, 128, 129, 253, 254, 255, 256, 300]
    compareLines(
      plan,
      depths.flatMap((depth) => ['}', ']', '"', ''].map((close) => nested(depth, close))),
    )
    const odd = ['[}', '{]', '[1}', '{"a":1]', '{"a"1}', '{"a" "b"}', '{"a":nule}', '[nuls]']
    compareLines(
      plan,
      odd.map((value) => `{${head},"more":${value},"n":1}`),
    )
  })

  it('of a line that ends before its object, or after more than that', () => {
    const definition = definitionOf(plan)
    const bytes = Buffer.from(`{${head},"n":1}   {"n":2} `)
    for (const end of every(bytes.length + 1)) {
      const lines = new Lines(bytes, [0], [end])
      sameBatches(batchDecoders, [{ definition, lines, froms: [0] }])
    }
  })

  it('of an event that has a field for its id, its time and its number, or has not', () => {
    const required = planOf({ id: text(1, 9), at: rfc3339, n: whole() }, [
      { key: ['id'], measures: [sum('n')] },
    ])
    const all = ['"id":"i"', '"at":"2026-11-28T10:58:30Z"', '"n":5']
    const parts = [all, all.slice(1), [all[0], all[2]], all.slice(0, 2), ['"n":5'], []]
    compareLines(
      required,
      parts.map((members) => `{${members.join()}}`),
    )
  })
})

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

describe('engine and reference make the same of the lines of a batch', () => {
  it('that are of one key, from any of them on', () => {
    const plan = planOf({ id: text(1, 9), at: rfc3339, n: whole() }, [
      { key: ['id'], measures: [sum('n')] },
      { key: ['id', 'n'], measures: [count] },
    ])
    const lines = Lines.of(
      every(200).map((at) => Buffer.from(`{${head},"n":${at % 7 === 6 ? '1e1' : at % 5}}`)),
    )
    const froms = [0, 1, 2, 63, 64, 65, 150, 198, 199, 200]
    sameBatches(batchDecoders, [{ definition: definitionOf(plan), lines, froms }])
  })

  it('of one definition after another', () => {
    const define = (first: string, other: string) =>
      definitionOf(
        planOf({ id: text(1, 9), at: rfc3339, [first]: whole(), [other]: whole() }, [
          { key: ['id'], measures: [sum(first)] },
        ]),
      )
    const definitions = [define('n', 'm'), define('m', 'n')]
    const lines = Lines.of([Buffer.from(`{${head},"n":1,"m":2}`)])
    sameBatches(
      batchDecoders,
      every(4).map((at) => ({
        definition: definitions[at % 2] ?? define('n', 'm'),
        lines,
        froms: [0],
      })),
    )
  })
})
