const quote = 0x22
const backslash = 0x5c
const colon = 0x3a

/**
 * Whether a line has a member whose name holds a backslash, escaped as it must be. Lines with one
 * are not compared: once V8's `JSON.parse` (13.6, Node 24) has made an object with such a name, it
 * takes other names with escapes for that one, as `"ab\""` for `"ab\\"`, so that what the reference
 * makes of a line depends on the lines before.
 */
export function namesBackslash(line: Uint8Array): boolean {
  for (let at = line.indexOf(quote); at >= 0; at = line.indexOf(quote, at)) {
    const from = at + 1
    let end = from
    while (end < line.length && line[end] !== quote) end += line[end] === backslash ? 2 : 1
    at = end + 1
    if (line[nextToken(line, at)] === colon && holdsBackslash(line.subarray(from, end))) return true
  }
  return false
}

function nextToken(line: Uint8Array, from: number): number {
  let at = from
  while (line[at] === 0x20 || line[at] === 0x0a || line[at] === 0x0d || line[at] === 0x09) at++
  return at
}

const escapedBackslash = /^(?:[^\\]|\\[^\\])*?(?:\\\\|\\u005[cC])/s

function holdsBackslash(name: Uint8Array): boolean {
  if (name.indexOf(backslash) < 0) return false
  return escapedBackslash.test(Buffer.from(name).toString('latin1'))
}
