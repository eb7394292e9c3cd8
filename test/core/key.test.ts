import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeKey, encodeKey } from '../../lib/core/index.ts'
import { anyText } from '../support/any-text.ts'

const awkward = [
  ...['', '-', '~', '~~', '~-', '~p', '|', '||', '#', '~h', '@', '?', '\u007f', '\u0000'],
  ...[
    '\u0000\u0000',
    '\n',
    '\r\n',
    '\u001b[31m',
    '__proto__',
    'constructor',
    '🧺',
    '\u200f',
    '\uffff',
  ],
]

const values = fc.option(
  fc.oneof(
    fc.constantFrom(...awkward),
    fc.array(fc.constantFrom(...awkward), { maxLength: 4 }).map((parts) => parts.join('')),
    anyText(),
  ),
  { nil: undefined },
)
const keys = fc.array(values, { minLength: 1, maxLength: 3 })

describe('a key as text', () => {
  it('is read back as the same values', () => {
    fc.assert(
      fc.property(keys, (key) => {
        expect(decodeKey(encodeKey(key))).toEqual(key)
      }),
      { numRuns: 1_000 },
    )
  })

  it('never collides with another key of the same fields, nor of others', () => {
    const all = [undefined, ...awkward]
    const pairs = all.flatMap((first) => all.map((second) => [first, second]))
    const many = [...all.map((value) => [value]), ...pairs]
    expect(new Set(many.map(encodeKey)).size).toBe(many.length)
  })

  it('holds neither # nor a control character, so that it may stand in table keys and lines', () => {
    fc.assert(
      fc.property(keys, (key) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be in it.
        expect(encodeKey(key)).not.toMatch(/[#\u0000-\u001f\u007f]/)
      }),
    )
  })

  it.each([
    [['85123A', 'GBP'], '85123A|GBP'],
    [['a|b', 'c#d'], 'a~pb|c~hd'],
    [['', ''], '|'],
    [[undefined], '~-'],
    [['~-'], '~~-'],
    [['\u0000\u001f\u007f'], '~@~_~?'],
    [['A', undefined, 'Ä🧺'], 'A|~-|Ä🧺'],
  ])('of %j is %j', (key, text) => {
    expect(encodeKey(key)).toBe(text)
    expect(decodeKey(text)).toEqual(key)
  })

  it('takes at most two bytes for each that it is made of', () => {
    fc.assert(
      fc.property(anyText(), (value) => {
        expect(Buffer.byteLength(encodeKey([value]))).toBeLessThanOrEqual(
          2 * Buffer.byteLength(value),
        )
      }),
    )
  })
})
