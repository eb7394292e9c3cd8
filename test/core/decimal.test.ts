import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addUnits,
  divideUnits,
  formatUnits,
  multiplyUnits,
  parseDecimal,
} from '../../lib/core/decimal.ts'
import { rationalOf, unitsOf } from './exact-rational.ts'
import { unitsFrom, wholeNumbers } from './units-arbitrary.ts'

const digits = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength, maxLength })

const jsonNumbers = fc
  .record({
    sign: fc.constantFrom('', '-'),
    whole: fc.oneof(
      fc.constant('0'),
      digits(1, 40).filter((text) => text[0] !== '0'),
    ),
    fraction: fc.option(digits(1, 40)),
    exponent: fc.option(
      fc.record({
        letter: fc.constantFrom('e', 'E'),
        sign: fc.constantFrom('', '+', '-'),
        power: fc.oneof(fc.nat({ max: 90 }).map(String), digits(1, 2)),
      }),
    ),
  })
  .map(({ sign, whole, fraction, exponent }) => {
    const power = exponent ? exponent.letter + exponent.sign + exponent.power : ''
    return sign + whole + (fraction === null ? '' : `.${fraction}`) + power
  })

const scales = fc.nat({ max: 30 })

describe('parseDecimal', () => {
  it('reads every JSON number as the fraction that its text stands for', () => {
    fc.assert(
      fc.property(jsonNumbers, scales, (text, scale) => {
        const units = unitsOf(rationalOf(text), scale)
        const expected = units === undefined ? 'too-many-decimals' : unitsFrom(units)
        expect(parseDecimal(text, scale)).toBe(expected)
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    ['1', 0, 1],
    ['-1', 0, -1],
    ['2.55', 2, 255],
    ['2.5500', 2, 255],
    ['2.5500000000000000000000', 2, 255],
    ['2.55', 4, 25500],
    ['1e2', 0, 100],
    ['1E+2', 0, 100],
    ['25e-1', 1, 25],
    ['100e-2', 0, 1],
    ['120e-2', 1, 12],
    ['0.0001e4', 0, 1],
    ['9007199254740991', 0, 9007199254740991],
    ['9007199254740992', 0, 9007199254740992n],
    ['-9007199254740993', 0, -9007199254740993n],
    ['0.1', 30, 10n ** 29n],
  ])('reads %s at scale %i as %s', (text, scale, expected) => {
    expect(parseDecimal(text, scale)).toBe(expected)
  })

  it.each(['0', '-0', '0.0', '-0.000', '0e5', '-0e-5', '0e999999999', '0.0e-999999999'])(
    'reads %s as the one zero',
    (text) => {
      expect(Object.is(parseDecimal(text, 3), 0)).toBe(true)
    },
  )

  it.each(['0.001', '1.005', '1e-3', '15e-3', '1e-999999999', `1e-${'9'.repeat(300)}`])(
    'refuses the decimals of %s at scale 2, and rounds none of them away',
    (text) => {
      expect(parseDecimal(text, 2)).toBe('too-many-decimals')
    },
  )

  it.each([
    '1e999999999',
    '-1e999999999',
    '1e401',
    `1e${'9'.repeat(300)}`,
    '9'.repeat(401),
    `${'1'.repeat(401)}e9`,
    '7'.repeat(1_000_000),
  ])('refuses a number of very many digits before it works on it: %#', (text) => {
    expect(parseDecimal(text, 0)).toBe('out-of-range')
  })

  it.each([
    [`0.${'0'.repeat(1_000_000)}`, 0],
    [`-0e${'9'.repeat(1_000_000)}`, 0],
    [`2.50${'0'.repeat(1_000_000)}`, 250],
    [`0.${'0'.repeat(999)}25e1001`, 2500],
    [`7${'0'.repeat(1_000)}e-1001`, 70],
  ])('counts no zeros that mean nothing, however many: %#', (text, units) => {
    expect(parseDecimal(text, 2)).toBe(units)
  })

  it('reads a number of 400 digits', () => {
    expect(parseDecimal('9'.repeat(400), 0)).toBe(10n ** 400n - 1n)
  })

  it.each([
    '',
    ' ',
    '-',
    '+1',
    '01',
    '-01',
    '.5',
    '5.',
    '1e',
    '1e+',
    'e5',
    '1e5.5',
    '1.2.3',
    '1,5',
    '1_000',
    ' 1',
    '1 ',
    '1\n',
    '\n1',
    '0x10',
    '0b1',
    '1n',
    'NaN',
    'Infinity',
    '١',
    '１',
    '--1',
    '−1',
    'x'.repeat(500),
    `${'1'.repeat(500)}x`,
  ])('takes no text that is not a JSON number: %j', (text) => {
    expect(parseDecimal(text, 2)).toBe('not-a-decimal')
  })
})

describe('formatUnits', () => {
  it.each([
    [0, 0, '0'],
    [0, 4, '0'],
    [1, 0, '1'],
    [-1, 4, '-0.0001'],
    [25500, 4, '2.55'],
    [20000, 4, '2'],
    [-20000, 4, '-2'],
    [100, 0, '100'],
    [10n ** 20n, 0, '100000000000000000000'],
    [10n ** 20n, 3, '100000000000000000'],
    [-(10n ** 20n) - 1n, 20, '-1.00000000000000000001'],
  ])('writes %s at scale %i as %s', (units, scale, text) => {
    expect(formatUnits(units, scale)).toBe(text)
  })

  it('writes text that is read as the same units, and has nothing in it that counts for nothing', () => {
    fc.assert(
      fc.property(wholeNumbers.map(unitsFrom), scales, (units, scale) => {
        const text = formatUnits(units, scale)
        expect(parseDecimal(text, scale)).toBe(units)
        expect(text).toMatch(/^(0|-?(0|[1-9]\d*)(\.\d*[1-9])?)$/)
        expect(text).not.toBe('-0')
      }),
    )
  })
})

describe('arithmetic', () => {
  it('adds exactly, as a number while that is safe and as a bigint beyond', () => {
    fc.assert(
      fc.property(wholeNumbers, wholeNumbers, (a, b) => {
        expect(addUnits(unitsFrom(a), unitsFrom(b))).toBe(unitsFrom(a + b))
      }),
      { numRuns: 1_000 },
    )
  })

  it('multiplies exactly, with one form of zero', () => {
    fc.assert(
      fc.property(wholeNumbers, wholeNumbers, (a, b) => {
        expect(multiplyUnits(unitsFrom(a), unitsFrom(b))).toBe(unitsFrom(a * b))
      }),
      { numRuns: 1_000 },
    )
    expect(Object.is(multiplyUnits(0, -5), 0)).toBe(true)
  })

  it('divides to the nearest unit', () => {
    const divisors = wholeNumbers.map((whole) => (whole < 0n ? -whole : whole) + 1n)
    fc.assert(
      fc.property(wholeNumbers, divisors, (a, b) => {
        const quotient = divideUnits(unitsFrom(a), unitsFrom(b))
        const off = 2n * (a - BigInt(quotient) * b)
        const distance = off < 0n ? -off : off
        expect(distance <= b).toBe(true)
        if (distance === b) expect(BigInt(quotient) % 2n).toBe(0n)
        expect(quotient).toBe(unitsFrom(BigInt(quotient)))
      }),
      { numRuns: 1_000 },
    )
  })

  it.each([
    [1, 2, 0],
    [3, 2, 2],
    [5, 2, 2],
    [-1, 2, 0],
    [-3, 2, -2],
    [-5, 2, -2],
    [2, 3, 1],
    [-2, 3, -1],
    [1, 3, 0],
    [0, 7, 0],
  ])('divides %i by %i to %i: ties go to even', (a, b, quotient) => {
    expect(Object.is(divideUnits(a, b), quotient)).toBe(true)
  })
})
