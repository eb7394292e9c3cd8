/**
 * A key's values as one text: fields joined by `|`, with `~` before whatever would be misread.
 *
 * `~~`, `~p` and `~h` stand for `~`, `|` and `#` (our own delimiter in table keys); `~@` to `~_`
 * for the control characters 0x00 to 0x1F, as in caret notation, and `~?` for 0x7F; `~-` alone for
 * a missing value. Every text has one encoding and every encoding one text, so no two keys collide.
 */
export function encodeKey(values: readonly (string | undefined)[]): string {
  return values.map(encodeValue).join('|')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to escape.
const unsafe = /[\u0000-\u001f\u007f~|#]/g

function encodeValue(value: string | undefined): string {
  if (value === undefined) return '~-'
  return value.replace(unsafe, escapeCharacter)
}

function escapeCharacter(character: string): string {
  switch (character) {
    case '~':
      return '~~'
    case '|':
      return '~p'
    case '#':
      return '~h'
    case '\u007f':
      return '~?'
    default:
      return `~${String.fromCharCode(character.charCodeAt(0) + 0x40)}`
  }
}

/** The values of an encoded key as texts; undefined for a missing one. Undoes `encodeKey`. */
export function decodeKey(key: string): (string | undefined)[] {
  return key.split('|').map((text) => {
    return text === '~-' ? undefined : text.replace(/~(.)/g, unescapeCharacter)
  })
}

function unescapeCharacter(_pair: string, letter: string): string {
  switch (letter) {
    case '~':
      return '~'
    case 'p':
      return '|'
    case 'h':
      return '#'
    case '?':
      return '\u007f'
    default:
      return String.fromCharCode(letter.charCodeAt(0) - 0x40)
  }
}
