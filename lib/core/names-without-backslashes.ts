/**
 * V8's `JSON.parse` (13.6, Node 24) takes a name with an escape for another one that it saw before:
 * once it has made an object with the name `ab\`, it reads `"ab\""` as `ab\`. It does so only where a
 * name that it saw holds a backslash. So it is shown none: an event must not change how others are
 * read.
 */

/** The JSON text with `%` put for the backslash in names, or the same text if no name has one. */
export function withoutBackslashes(text: string): string {
  if (!mayHoldBackslash.test(text)) return text
  const names = [...namesOf(text)]
  if (!names.some(({ from, to }) => mayHoldBackslash.test(text.slice(from, to)))) return text
  let copied = 0
  let changed = ''
  for (const { from, to } of names) {
    changed += text.slice(copied, from) + text.slice(from, to).replace(toEscape, escapeOf)
    copied = to
  }
  return changed + text.slice(copied)
}

/** Undoes it in the names of a value. What is made here is no shape that `JSON.parse` knows. */
export function withBackslashes<Value>(value: Value, isLeaf: (value: object) => boolean): Value {
  if (typeof value !== 'object' || value === null || isLeaf(value)) return value
  if (Array.isArray(value)) return value.map((item) => withBackslashes(item, isLeaf)) as Value
  const members: object = Object.create(null)
  for (const [name, member] of Object.entries(value)) {
    const plain = name.replace(/%(25|5c)/g, (_, code) => (code === '25' ? '%' : '\\'))
    Object.defineProperty(members, plain, {
      value: withBackslashes(member, isLeaf),
      enumerable: true,
      writable: true,
      configurable: true,
    })
  }
  return Object.setPrototypeOf(members, Object.prototype) as Value
}

const mayHoldBackslash = /\\\\|\\u005c/i
const toEscape = /\\\\|\\u005c|%|\\u0025/gi

const escapeOf = (piece: string) => (piece === '%' || piece.endsWith('25') ? '%25' : '%5c')

/** Where texts stand that a colon follows. */
function* namesOf(text: string): Generator<{ readonly from: number; readonly to: number }> {
  let open = text.indexOf('"')
  while (open >= 0) {
    let end = open + 1
    while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1
    let next = end + 1
    while (next < text.length && ' \t\r\n'.includes(text.charAt(next))) next++
    if (text[next] === ':') yield { from: open + 1, to: end }
    open = text.indexOf('"', end + 1)
  }
}
