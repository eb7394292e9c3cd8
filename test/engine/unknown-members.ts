import fc from 'fast-check'
import { anyText } from '../support/any-text.ts'
import { fill } from './field-texts.ts'
import { spellText } from './json-spelling.ts'
import { choicesOf, styles } from './styles.ts'

/** A member as JSON texts. */
export interface Member {
  readonly name: string
  readonly value: string
}

/** A depth within the line's own object, at the bound of 256 and beside it. */
const nested = fc
  .tuple(
    fc.constantFrom(1, 2, 17, 100, 253, 254, 255, 256, 257),
    fc.constantFrom('[', '{"a":', '[{"[":'),
  )
  .map(([depth, open]) => {
    const levels = open.length > 5 ? 2 : 1
    const times = Math.floor(depth / levels)
    const close = { '[': ']', '{"a":': '}', '[{"[":': '}]' }[open] ?? ''
    return `${open.repeat(times)}${times % 2 === 0 ? '1' : '"\\"]"'}${close.repeat(times)}`
  })

const numbers = fc.constantFrom(
  ...['0', '-0', '1', '-1.5', '1e400', '1E-7', '0.0', '12345678901234567890123', '1e+0', '0e0'],
)

const texts = fc.oneof(
  fc
    .tuple(
      fc.oneof(
        anyText(),
        lengths().map((length) => fill(length, length)),
      ),
      styles,
    )
    .map(([text, style]) => spellText(text, choicesOf(style))),
  fc.constantFrom(
    ...['"\\ud800"', '"\\udc00\\ud800"', '"\\/\\b\\f\\n\\r\\t"', '"{[\\"]}"', '"\\uD83D\\uDE00"'],
  ),
)

function lengths() {
  return fc.oneof({ weight: 6, arbitrary: fc.nat(70) }, { weight: 1, arbitrary: fc.nat(4_000) })
}

const containers = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.stringify(value)),
  fc.constantFrom('[]', '{}', '[ ]', '{ }', '{"a" : [ 1 , { } ] }', '{"a":1,"a":[]}'),
)

const noJson = fc.constantFrom(
  ...['01', '-', '1.', '.5', '1e', '1e+', '+1', '--1', '0x1', 'NaN', '1_0', '-01', '1.e1', '00'],
  ...['"\\u00"', '"\\x41"', '"\\', '"a', '"\t"', '"\u0000"', '"\\u00g0"', "'a'", '"a\nb"'],
  ...['[1,]', '{"a":1,}', '[,1]', '{"a"}', '{a:1}', '[1 2]', '{"a":1 "b":2}', '[}', '{]', '{1:2}'],
  ...['tru', 'nulll', 'TRUE', 'undefined', '', 'truefalse', '[', '{', ']', '}', '{"a":', '"a":1'],
)

const values = fc.oneof(
  { weight: 10, arbitrary: texts },
  { weight: 6, arbitrary: numbers },
  { weight: 8, arbitrary: containers },
  { weight: 2, arbitrary: nested },
  { weight: 5, arbitrary: fc.constantFrom('true', 'false', 'null') },
  { weight: 3, arbitrary: noJson },
)

/** Members that no field reads, with names that are near to those of fields. */
export function unknownMembers(fieldNames: readonly string[]): fc.Arbitrary<Member> {
  const near = fc
    .tuple(fc.constantFrom(...fieldNames), fc.constantFrom('more', 'less', 'case', 'last'))
    .map(([name, how]) => {
      if (how === 'more') return `${name}x`
      if (how === 'less') return name.slice(0, -1)
      if (how === 'case')
        return name.toUpperCase() === name ? name.toLowerCase() : name.toUpperCase()
      return `${name.slice(0, -1)}_`
    })
  const names = fc.oneof(near, fc.constantFrom('', '__proto__', 'toString', '0', 'more'), anyText())
  return fc.record({
    name: fc.tuple(names, styles).map(([name, style]) => spellText(name, choicesOf(style))),
    value: values,
  })
}
