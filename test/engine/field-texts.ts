import fc from 'fast-check'
import { anyText } from '../support/any-text.ts'
import type { FieldPlan, TextKind } from './definition-plan.ts'
import { spellText } from './json-spelling.ts'
import { knownPatterns } from './known-patterns.ts'
import { numberTexts } from './number-texts.ts'
import { choicesOf, styles } from './styles.ts'
import { timestampTexts } from './timestamp-texts.ts'

const otherTypes = fc.constantFrom(
  ...['null', 'null', 'true', 'false', '[]', '{}', '"x"', '1', '""', '{"a":1}', '[1,"a",{"b":[]}]'],
  ...[
    'nul',
    'truefalse',
    '"\\ud800"',
    '"a\\udc00b"',
    '"\\x"',
    '"\\u12"',
    '"\\u00e9\\ud83d\\ude00"',
    "'a'",
  ],
)

/** JSON texts for a field: most of them such as it takes, and of few values, so that keys come again. */
export function fieldTexts(field: FieldPlan): fc.Arbitrary<string> {
  return fc.oneof({ weight: 40, arbitrary: goodTexts(field) }, { weight: 1, arbitrary: otherTypes })
}

function goodTexts(field: FieldPlan): fc.Arbitrary<string> {
  switch (field.kind) {
    case 'string':
      return spelled(stringsFor(field))
    case 'oneOf':
      return spelled(
        fc.oneof(
          { weight: 30, arbitrary: fc.constantFrom(...field.choices) },
          { weight: 1, arbitrary: fc.constantFrom(...field.choices).map((one) => `${one}x`) },
          {
            weight: 1,
            arbitrary: fc.constantFrom(...field.choices).map((one) => one.slice(0, -1)),
          },
        ),
      )
    case 'timestamp':
      return timestampTexts(field.format)
    default:
      return numberTexts(field)
  }
}

function spelled(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(texts, styles).map(([text, style]) => spellText(text, choicesOf(style)))
}

function stringsFor({ minBytes, maxBytes, pattern }: TextKind): fc.Arbitrary<string> {
  const matching = knownPatterns.find(([one]) => one === pattern)?.[1]
  const usual = ['a', 'a', 'a', 'b', 'mug', 'x|y#z~', 'é']
  const few = matching ?? usual.map((text) => cutToFit(text, minBytes, maxBytes))
  const ends = [
    minBytes - 1,
    minBytes,
    minBytes + 1,
    maxBytes - 1,
    maxBytes,
    maxBytes + 1,
    15,
    16,
    17,
    31,
    32,
    33,
  ]
  const bytes = fc.constantFrom(...ends.map((one) => Math.max(0, one)))
  return fc.oneof(
    { weight: pattern ? 60 : 24, arbitrary: fc.constantFrom(...few) },
    {
      weight: 3,
      arbitrary: fc.tuple(bytes, fc.nat(99)).map(([length, from]) => fill(length, from)),
    },
    { weight: 2, arbitrary: anyText().map((text) => cutToFit(text, minBytes, maxBytes)) },
  )
}

const characters = [
  'a',
  'é',
  '€',
  '😀',
  'z',
  '~',
  '|',
  '#',
  '\u0000',
  '\u007f',
  '\u001f',
  '"',
  '\\',
  '\ufeff',
  '\u0080',
  '\u07ff',
  '\u0800',
  '\uffff',
  '\u{10000}',
  '\u{10ffff}',
]

/** Text of so many bytes of UTF-8, of characters of one to four, which begin somewhere. */
export function fill(bytes: number, from: number): string {
  let text = ''
  let left = bytes
  for (let at = from; left > 0; at++) {
    const next = characters[at % characters.length] ?? ''
    const size = Buffer.byteLength(next)
    if (size > left) continue
    text += next
    left -= size
  }
  return text
}

function cutToFit(text: string, minBytes: number, maxBytes: number): string {
  let some = text
  while (Buffer.byteLength(some) > maxBytes) some = [...some].slice(0, -1).join('')
  return some + 'p'.repeat(Math.max(0, minBytes - Buffer.byteLength(some)))
}
