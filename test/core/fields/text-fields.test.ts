import { describe, expect, it } from 'vitest'
import { oneOf, optional, string } from '../../../lib/core/index.ts'
import { decodeText } from './decode-text.ts'

describe('string', () => {
  const product = string({ minBytes: 1, maxBytes: 8 })

  it.each(['a', '__proto__'.slice(0, 8), '\0', 'a\tb\nc', '#|~', '"\\', '🧺🧺', '\ufeff', ' '])(
    'takes any Unicode: %j',
    (text) => {
      expect(decodeText(product, JSON.stringify(text))).toBe(text)
    },
  )

  it.each([
    ['""', 'too-short: is 0 bytes, under 1'],
    ['"123456789"', 'too-long: is 9 bytes, over 8'],
    ['"ééééé"', 'too-long: is 10 bytes, over 8'],
    ['"🧺🧺🧺"', 'too-long: is 12 bytes, over 8'],
    ['"\\ud800"', 'not-unicode: holds half of a surrogate pair'],
    ['"\\udc00\\ud800"', 'not-unicode: holds half of a surrogate pair'],
    ['85123', 'wrong-type: is a number, not a string'],
    ['null', 'wrong-type: is null, not a string'],
    ['false', 'wrong-type: is a boolean, not a string'],
    ['["a"]', 'wrong-type: is an array, not a string'],
    ['{"a":"a"}', 'wrong-type: is an object, not a string'],
  ])('refuses %s', (json, why) => {
    expect(decodeText(product, json)).toBe(why)
  })

  it('holds 0 to 256 bytes unless told', () => {
    expect(decodeText(string(), '""')).toBe('')
    expect(decodeText(string(), JSON.stringify('x'.repeat(256)))).toHaveLength(256)
    const long = JSON.stringify('x'.repeat(257))
    expect(decodeText(string(), long)).toBe('too-long: is 257 bytes, over 256')
  })

  it('answers every time alike by its pattern', () => {
    const currency = string({ pattern: /^[A-Z]{3}$/ })
    for (const _ of [1, 2, 3]) {
      expect(decodeText(currency, '"GBP"')).toBe('GBP')
      expect(decodeText(currency, '"GBP\\n"')).toBe('pattern: does not match /^[A-Z]{3}$/')
    }
  })

  it.each([/a/g, /a/y])('has no pattern that remembers where it was: %s', (pattern) => {
    expect(() => string({ pattern })).toThrow(
      new TypeError(`A field's pattern must not carry the flags g or y: ${pattern}`),
    )
  })
})

describe('oneOf', () => {
  const channel = oneOf('web', 'shöp')

  it.each([
    ['"web"', 'web'],
    ['"shöp"', 'shöp'],
    ['"Web"', 'not-one-of: is none of web, shöp'],
    ['"toString"', 'not-one-of: is none of web, shöp'],
    ['""', 'not-one-of: is none of web, shöp'],
    ['1', 'wrong-type: is a number, not a string'],
    ['null', 'wrong-type: is null, not a string'],
  ])('makes of %s: %s', (json, value) => {
    expect(decodeText(channel, json)).toBe(value)
  })

  it('takes as many bytes as its longest choice', () => {
    expect(channel.maxBytes).toBe(5)
  })
})

describe('optional', () => {
  it('decodes what is there as the field itself does', () => {
    const field = optional(string({ maxBytes: 3 }))
    expect(field.optional).toBe(true)
    expect(decodeText(field, '"abc"')).toBe('abc')
    expect(decodeText(field, '"abcd"')).toBe('too-long: is 4 bytes, over 3')
  })
})
