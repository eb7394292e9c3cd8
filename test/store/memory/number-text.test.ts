import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalNumber, compareNumbers } from '../../../lib/store/memory/number-text.ts'

/** A whole number of 10^-places, written in one of many ways. */
const numerals = fc
  .record({
    units: fc.bigInt({ min: -(10n ** 19n), max: 10n ** 19n }),
    places: fc.integer({ min: -15, max: 18 }),
    zeros: fc.nat(3),
  })
  .map(({ units, places, zeros }) => ({
    value: units * 10n ** BigInt(18 - places),
    text: `${units < 0n ? '-' : ''}${'0'.repeat(zeros)}${units < 0n ? -units : units}E${-places}`,
  }))

const signOf = (value: bigint) => Number(value > 0n) - Number(value < 0n)

describe('numbers of DynamoDB', () => {
  it('are compared by every digit', () => {
    fc.assert(
      fc.property(numerals, numerals, (a, b) => {
        const order = signOf(a.value - b.value)
        expect(Math.sign(compareNumbers(a.text, b.text))).toBe(order)
        const [left, right] = [canonicalNumber(a.text), canonicalNumber(b.text)]
        expect(Math.sign(compareNumbers(left ?? '', right ?? ''))).toBe(order)
        expect(left === right).toBe(order === 0)
      }),
    )
  })

  it.each([
    ['1.0', '1'],
    ['1.50', '1.5'],
    ['1E2', '100'],
    ['1.5e+3', '1500'],
    ['-0', '0'],
    ['-0.000', '0'],
    ['007', '7'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['+5', '5'],
    ['12E-3', '0.012'],
    ['9'.repeat(38), '9'.repeat(38)],
    [`${'9'.repeat(38)}000`, `${'9'.repeat(38)}000`],
    ['1E-130', `0.${'0'.repeat(129)}1`],
    ['9.9E125', `99${'0'.repeat(124)}`],
  ])('are written in one way: %s', (text, canonical) => {
    expect(canonicalNumber(text)).toBe(canonical)
    expect(canonicalNumber(canonical)).toBe(canonical)
  })

  it.each(['', '.', '-', 'x', '1x', ' 1', '1e', '0x1', 'NaN', 'Infinity', '1,5', '1'.repeat(39)])(
    'are none: "%s"',
    (text) => {
      expect(canonicalNumber(text)).toBeUndefined()
    },
  )

  it.each(['1E-131', '1E126', `1.${'0'.repeat(37)}01`])('do not go so far: %s', (text) => {
    expect(canonicalNumber(text)).toBeUndefined()
  })
})
