import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimal, formatUnits, integer } from '../../../lib/core/index.ts'
import { decodeText } from './decode-text.ts'

const safeRange = '-9007199254740991 to 9007199254740991'

describe('integer', () => {
  it.each([
    ['6', 6],
    ['"6"', 6],
    ['-6', -6],
    ['-0', 0],
    ['6.0', 6],
    ['60e-1', 6],
    ['6e2', 600],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['"-9007199254740991"', Number.MIN_SAFE_INTEGER],
  ])('takes %s', (json, value) => {
    expect(Object.is(decodeText(integer(), json), value)).toBe(true)
  })

  it.each([
    ['null', 'wrong-type: is null, not a number'],
    ['true', 'wrong-type: is a boolean, not a number'],
    ['[6]', 'wrong-type: is an array, not a number'],
    ['{"text":"6"}', 'wrong-type: is an object, not a number'],
    ['"six"', 'wrong-type: is text that is not a number'],
    ['""', 'wrong-type: is text that is not a number'],
    ['" 6"', 'wrong-type: is text that is not a number'],
    ['"6\\n"', 'wrong-type: is text that is not a number'],
    ['"0x6"', 'wrong-type: is text that is not a number'],
    ['6.5', 'too-many-decimals: has more than 0 decimals'],
    ['65e-1', 'too-many-decimals: has more than 0 decimals'],
    ['9007199254740992', `out-of-range: is not within ${safeRange}`],
    ['"-9007199254740992"', `out-of-range: is not within ${safeRange}`],
    ['1e400', `out-of-range: is not within ${safeRange}`],
    ['1e999999999', 'out-of-range: is too large a number'],
    ['9'.repeat(401), 'out-of-range: is too large a number'],
  ])('refuses %s', (json, why) => {
    expect(decodeText(integer(), json)).toBe(why)
  })

  it('keeps to its bounds, which belong to it', () => {
    const field = integer({ min: -2, max: 3 })
    expect(['-2', '3'].map((json) => decodeText(field, json))).toEqual([-2, 3])
    expect(decodeText(field, '-3')).toBe('out-of-range: is not within -2 to 3')
    expect(decodeText(field, '4')).toBe('out-of-range: is not within -2 to 3')
  })
})

describe('decimal', () => {
  const price = decimal({ scale: 4, min: 0 })

  it.each([
    ['2.55', 25500],
    ['"2.55"', 25500],
    ['2.55000000', 25500],
    ['0', 0],
    ['-0.0', 0],
    ['1e-4', 1],
    ['900719925474.0991', Number.MAX_SAFE_INTEGER],
  ])('takes %s as units of its scale', (json, units) => {
    expect(Object.is(decodeText(price, json), units)).toBe(true)
  })

  it.each([
    ['2.55555', 'too-many-decimals: has more than 4 decimals'],
    ['"0.00001"', 'too-many-decimals: has more than 4 decimals'],
    ['1e-5', 'too-many-decimals: has more than 4 decimals'],
    ['-0.01', 'out-of-range: is not within 0 to 900719925474.0991'],
    ['900719925474.0992', 'out-of-range: is not within 0 to 900719925474.0991'],
    ['"2,55"', 'wrong-type: is text that is not a number'],
    ['"NaN"', 'wrong-type: is text that is not a number'],
    ['[2.55]', 'wrong-type: is an array, not a number'],
  ])('refuses %s', (json, why) => {
    expect(decodeText(price, json)).toBe(why)
  })

  it('reads back every number that it writes', () => {
    const scales = fc.integer({ min: 0, max: 15 })
    fc.assert(
      fc.property(fc.maxSafeInteger(), scales, (units, scale) => {
        const field = decimal({ scale })
        const text = formatUnits(units, scale)
        expect(decodeText(field, text)).toBe(units)
        expect(decodeText(field, `"${text}"`)).toBe(units)
        expect(text.length).toBeLessThanOrEqual(field.maxBytes)
      }),
    )
  })

  it('keeps to bounds with decimals', () => {
    const field = decimal({ scale: 2, min: 0.1, max: 0.3 })
    expect(decodeText(field, '0.10')).toBe(10)
    expect(decodeText(field, '0.3')).toBe(30)
    expect(decodeText(field, '0.31')).toBe('out-of-range: is not within 0.1 to 0.3')
  })

  it.each([-1, 16, 1.5, Number.NaN])('has no scale of %d', (scale) => {
    expect(() => decimal({ scale })).toThrow(
      new TypeError(`A decimal's scale must be a whole number from 0 to 15, not ${scale}`),
    )
  })

  it.each([0.001, Number.NaN, Number.POSITIVE_INFINITY, 1e21])('has no bound of %d', (min) => {
    expect(() => decimal({ scale: 2, min })).toThrow(
      new TypeError(`The bound ${min} is not a safe number of 2 decimals`),
    )
  })
})
