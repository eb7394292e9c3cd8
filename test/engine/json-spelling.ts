import type { SeededRandom } from '../data/seeded-random.ts'

/** A text as a JSON string: as `JSON.stringify` has it, or with escapes that need not be. */
export function spellText(text: string, random: SeededRandom | undefined): string {
  if (random === undefined) return JSON.stringify(text)
  const [all, none] = [random.below(4) === 0, random.below(3) === 0]
  const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at))
  if (none || units.length === 0) return JSON.stringify(text)
  const escapedAt = random.below(units.length)
  return `"${units.map((unit, at) => (all || at === escapedAt ? escaped(unit, random) : plain(text, at))).join('')}"`
}

/** A half of a pair is written as it stands, so that the halves come together again. */
function plain(text: string, at: number): string {
  const unit = text.charAt(at)
  const isHalf = unit >= '\ud800' && unit <= '\udfff'
  if (!isHalf) return JSON.stringify(unit).slice(1, -1)
  return text.isWellFormed() ? unit : escapeOf(unit.charCodeAt(0))
}

const short: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '/': '\\/',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

function escaped(unit: number, random: SeededRandom): string {
  const shorter = short[String.fromCharCode(unit)]
  if (shorter !== undefined && random.below(2) === 0) return shorter
  return random.below(2) === 0
    ? escapeOf(unit)
    : escapeOf(unit).replace(/[a-f]/g, (letter) => letter.toUpperCase())
}

const escapeOf = (unit: number) => `\\u${unit.toString(16).padStart(4, '0')}`

const spaces = [
  '',
  '',
  ' ',
  '\t',
  '\r',
  '\n',
  '  \r\n\t',
  ' '.repeat(15),
  ' '.repeat(16),
  '\t'.repeat(17),
]

/** Tokens with white space between them, or without any. */
export function spaceTokens(tokens: readonly string[], random: SeededRandom | undefined): string {
  if (random === undefined) return tokens.join('')
  const few = random.pick([[' '], ['', ' '], spaces, spaces, ['', '\t']])
  return `${tokens.map((token) => random.pick(few) + token).join('')}${random.pick(few)}`
}
