import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type JsonValue, maxJsonDepth, NestedTooDeep, parseJson } from '../../lib/core/json.ts'
import { anyText } from '../support/any-text.ts'

/** Any JSON value with its numbers as texts, and a way to write it. */
interface Written {
  readonly text: string
  readonly value: unknown
}

const numberTexts = fc.constantFrom(
  '0',
  '-0',
  '-0.0',
  '1.50',
  '1e5',
  '1E+400',
  '-12.3e-45',
  '9007199254740993',
  '0.1000000000000000055511151231257827',
  '9'.repeat(500),
)

const names = fc.oneof(
  fc.constantFrom('a', 'b', '__proto__', 'constructor', 'toString', '0', '1', '', 'text'),
  anyText(),
)

const { written } = fc.letrec<{ written: Written }>((tie) => ({
  written: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    numberTexts.map((text) => ({ text, value: { number: text } })),
    fc
      .oneof(fc.boolean(), fc.constant(null), anyText())
      .map((value) => ({ text: JSON.stringify(value), value })),
    fc.array(tie('written'), { maxLength: 4 }).map((items) => ({
      text: `[${items.map(({ text }) => text).join(',')}]`,
      value: items.map(({ value }) => value),
    })),
    // Names may come twice: then the last counts.
    fc.array(fc.tuple(names, tie('written')), { maxLength: 5 }).map((members) => ({
      text: `{${members.map(([name, { text }]) => `${JSON.stringify(name)}:${text}`).join(',')}}`,
      value: new Map(members.map(([name, { value }]) => [name, value])),
    })),
  ),
}))

/** What was read, in the shape of `Written.value`. */
function plain(value: JsonValue): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(plain)
  if ('text' in value && Object.getPrototypeOf(value) !== Object.prototype) {
    return { number: value.text }
  }
  return new Map(Object.entries(value).map(([name, member]) => [name, plain(member)]))
}

describe('parseJson', () => {
  it('keeps every number as its source has it, whatever stands around it', () => {
    fc.assert(
      fc.property(written, ({ text, value }) => {
        expect(plain(parseJson(text))).toEqual(value)
      }),
      { numRuns: 1_000 },
    )
  })

  it('takes __proto__ for a name like any other', () => {
    const value = parseJson('{"__proto__":{"quantity":1.0}}')
    expect(Object.hasOwn(value as object, '__proto__')).toBe(true)
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  })

  it('reads a name in the same way whatever it read before', () => {
    for (const [before, text, names] of [
      ['{"z2":1,"ab\\\\":1}', '{"z2":1,"ab\\"":5}', ['z2', 'ab"']],
      ['{"z3":[{"a\\u005cu00":1}]}', '{"z3":[{"a\\u00e9bcd":1}]}', ['z3']],
      ['{"gr\\\\u0":1}', '{"gr\\u00f6\\u00dfe":5}', ['größe']],
      ['{"%5c":1,"\\\\":2,"\\u00255c":3,"%25":4}', '{"%5c":1,"\\"":2}', ['%5c', '"']],
    ] as const) {
      parseJson(before)
      expect(Object.keys(parseJson(text) as object)).toEqual(names)
    }
    expect(parseJson('{"%5c":[],"\\\\":{},"\\u00255c":null,"%25":true}')).toEqual({
      '%5c': null,
      '\\': {},
      '%25': true,
    })
  })

  it.each(['', ' ', '{', '{}{}', "{'a':1}", '{"a":01}', '[1,]', '\ufeff{}', 'NaN', '"\u0001"'])(
    'throws a SyntaxError where the text is not JSON: %j',
    (text) => {
      expect(() => parseJson(text)).toThrow(SyntaxError)
    },
  )

  it.each([
    ['arrays', '[', ']'],
    ['objects', '{"a":', '}'],
    ['both', '[{"[[[[":"\\"{{{{\\\\",\n"a":', '}]'],
  ])('takes %s as deep as it says, and no deeper', (_what, open, close) => {
    const levels = open.startsWith('[{') ? 2 : 1
    const nested = (depth: number) => {
      const count = depth / levels
      return `${open.repeat(count)}"${'x'.repeat(2 * maxJsonDepth)}"${close.repeat(count)}`
    }
    expect(() => parseJson(nested(maxJsonDepth))).not.toThrow()
    expect(() => parseJson(nested(maxJsonDepth + levels))).toThrow(NestedTooDeep)
  })

  it('counts depth and not brackets: a long list of short lists is flat', () => {
    expect(parseJson(`[${'[],'.repeat(10_000)}{}]`)).toHaveLength(10_001)
  })

  it.each([
    '['.repeat(1_000_000),
    '{"a":'.repeat(200_000),
    '"'.repeat(999_999),
    '"\\'.repeat(500_000),
  ])('answers a long text of nothing but openings at once: %#', (text) => {
    expect(() => parseJson(text)).toThrow()
  })
})
